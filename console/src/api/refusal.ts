/** A call that the server refused, with its stable code; `facts` are what the problem document says beside. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string | null,
    readonly facts: Readonly<Record<string, unknown>>,
  ) {
    super(title);
  }
}

export async function refusalOf(response: Response): Promise<Refusal> {
  let facts: Record<string, unknown> = {};
  try {
    facts = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's own page, or nothing: then the status is all there is.
  }
  const text = (name: string) => (typeof facts[name] === "string" ? facts[name] : null);
  return new Refusal(
    response.status,
    text("code") ?? `http.${response.status}`,
    text("title") ?? `HTTP ${response.status}`,
    text("detail"),
    facts,
  );
}

export function isRefusal(error: unknown, status?: number): error is Refusal {
  return error instanceof Refusal && (status === undefined || error.status === status);
}
