import { callHeaders } from "./client";
import { refusalOf } from "./refusal";

const PAGE = 200;
const MOST_PAGES = 50;
/** So many rows of a list go into one file. */
export const MOST_ROWS = PAGE * MOST_PAGES;

/** A list as CSV, page after page by its Link header, as one file that the browser saves. Answers whether that is all of it. */
export async function downloadCsv(path: string, query: Record<string, string | undefined>, name: string): Promise<boolean> {
  const asked = new URLSearchParams({ limit: String(PAGE) });
  for (const [key, value] of Object.entries(query)) if (value) asked.set(key, value);
  let next: string | null = `${path}?${asked}`;
  const parts: string[] = [];
  for (let page = 0; next !== null && page < MOST_PAGES; page += 1) {
    const answer: Response = await fetch(next, { headers: { ...callHeaders("GET"), Accept: "text/csv" } });
    if (!answer.ok) throw await refusalOf(answer);
    const text = await answer.text();
    parts.push(page === 0 ? text : text.slice(text.indexOf("\n") + 1));
    next = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get("Link") ?? "")?.[1] ?? null;
  }
  save(new Blob(parts, { type: "text/csv" }), name);
  return next === null;
}

/** A file as the server has it, in the form that `accept` names; it is called as the server calls it, where that does. */
export async function saveFile(path: string, name: string, accept?: string): Promise<void> {
  const answer = await fetch(path, { headers: { ...callHeaders("GET"), ...(accept && { Accept: accept }) } });
  if (!answer.ok) throw await refusalOf(answer);
  const said = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  save(await answer.blob(), said ?? name);
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** One file of the API as a file that the browser saves. */
export async function downloadFile(path: string, name: string): Promise<void> {
  const answer = await fetch(path, { headers: callHeaders("GET") });
  if (!answer.ok) throw await refusalOf(answer);
  save(await answer.blob(), name);
}
