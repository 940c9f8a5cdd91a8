/** Proves an event by its seal: hash and signature are checked here, by the key that is published. */
import { callHeaders } from "../../api/client";
import { refusalOf } from "../../api/refusal";

export interface Proven {
  seal_no: number;
  events: number;
  kid: string;
  hash: string;
  previous: string;
  /** Which of the steps hold; `signed` is null where this browser knows no Ed25519. */
  among: boolean;
  content: boolean;
  signed: boolean | null;
}

interface Seal {
  seal_no: number;
  events: number;
  content: string;
  previous: string;
}

const octets = (text: string) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const words = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0")).join("");
}

async function answerOf(path: string): Promise<Response> {
  const answer = await fetch(path, { headers: callHeaders("GET") });
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

/** Whether a key of that name, as published, has signed it; null where this browser cannot tell. */
async function isSigned(jws: string, kid: string): Promise<boolean | null> {
  const published = (await (await answerOf("/v1/record/keys")).json()) as { keys: (JsonWebKey & { kid: string })[] };
  const jwk = published.keys.find((each) => each.kid === kid);
  if (jwk === undefined) return false;
  const [head, payload, signature] = jws.split(".") as [string, string, string];
  try {
    const key = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "" }, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, octets(signature), new TextEncoder().encode(`${head}.${payload}`));
  } catch {
    return null;
  }
}

export async function prove(path: string, event_id: number): Promise<Proven> {
  const lines = (await (await answerOf(path)).text()).trimEnd().split("\n");
  const events = lines.slice(1, -2);
  const { seal: jws } = JSON.parse(lines.at(-2) ?? "") as { seal: string };
  const [head, payload] = jws.split(".") as [string, string];
  const { kid } = JSON.parse(words(octets(head))) as { kid: string };
  const seal = JSON.parse(words(octets(payload))) as Seal;
  return {
    seal_no: seal.seal_no,
    events: seal.events,
    kid,
    hash: await sha256(jws),
    previous: seal.previous,
    among: events.length === seal.events && events.some((line) => line.startsWith(`{"event_id":${event_id},`)),
    content: (await sha256(events.map((line) => `${line}\n`).join(""))) === seal.content,
    signed: await isSigned(jws, kid),
  };
}
