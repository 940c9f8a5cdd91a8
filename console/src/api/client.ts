/** The one way to the server: typed by its own document, in the reader's language, and with the token against forgery. */
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";
import { currentLanguage } from "../texts";
import { fetchOnce } from "./ahead";
import type { components, paths } from "./schema";
import { refusalOf } from "./refusal";

export type Schemas = components["schemas"];

let csrfToken = "";
let party = "";

/** What commands carry from now on; `GET /v1/me` answers it. */
export function carryToken(token: string): void {
  csrfToken = token;
}

/** For which of their suppliers somebody acts who is of several. */
export function actFor(name: string): void {
  party = name;
}

/** The headers that every call carries. */
export function callHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { "Accept-Language": currentLanguage() };
  if (party) headers["Andon-Party"] = party;
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken;
  return headers;
}

const manners: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(callHeaders(request.method))) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await refusalOf(response);
    return response;
  },
};

export const calls = createFetchClient<paths, "application/json">({ baseUrl: window.location.origin, fetch: fetchOnce });
calls.use(manners);

/** Queries and mutations over those calls. */
export const api = createQueries(calls);
