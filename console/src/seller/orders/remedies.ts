import type { Schemas } from "../../api/client";

export const REMEDIES = ["remind", "reroute", "take_over", "cancel"] as const;
export type Remedy = (typeof REMEDIES)[number];

const OPEN: ReadonlySet<string> = new Set(["waiting", "reserved", "pushed", "accepted", "picked", "labelled", "rejected"]);

/** Whether a person may still choose a remedy: nothing of it has been collected. The server decides. Source: MODE-4. */
export function remediable(part: Schemas["FulfilmentOut"]): boolean {
  return OPEN.has(part.state) && part.mode === "jit";
}
