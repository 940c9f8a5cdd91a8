/** Answers asked for before the page's scripts have come: the line is slow, and what the first page needs is known from its address. */
import { preferredLanguage } from "../texts";

const KEPT_MS = 10_000;
const DOORS = /^\/(sign-in|invitation|password)/;
const asked = new Map<string, Promise<Response | undefined>>();

/** Asks at once who is here and, for a seller's home, what needs them today. */
export function askAhead(page: string): void {
  if (DOORS.test(page)) return;
  ask("/v1/me");
  if (page === "/seller") ask("/v1/today?limit=100");
  setTimeout(forget, KEPT_MS);
}

function ask(address: string): void {
  const answer = fetch(address, { headers: { Accept: "*/*", "Accept-Language": preferredLanguage() } });
  asked.set(
    new URL(address, window.location.origin).href,
    answer.then((response) => (response.ok ? response : close(response))).catch(() => undefined),
  );
}

/** A body that nobody reads keeps its line. */
async function close(response: Response | undefined): Promise<undefined> {
  await response?.body?.cancel();
}

function forget(): void {
  for (const answer of asked.values()) void answer.then(close);
  asked.clear();
}

/** Fetches; the first time from what was asked ahead. A refusal or a failure is asked again: it may have come too early. */
export async function fetchOnce(request: Request): Promise<Response> {
  const answer = request.method === "GET" ? asked.get(request.url) : undefined;
  asked.delete(request.url);
  return (await answer) ?? fetch(request);
}
