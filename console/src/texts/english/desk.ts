/** What the operator's desk says. */
import type { Like } from "../like";
import type { desk as pattern } from "../zh/desk";
import { words } from "./words/desk";

export const desk: Like<typeof pattern> = {
  words,
  menu: {
    desk_exits: "Exits in progress",
    desk_appeals: "Appeals",
    desk_suppliers: "Suppliers",
    desk_health: "System health",
  },
  desk: {
    no_suppliers: "No suppliers",
    exits_hint: "Shops that are leaving JIT, and what blocks each",
    no_exits: "No shop is leaving",
    exit: "Exit",
    forced: "forced",
    no_appeals: "No appeals",
    text: "Appeal",
    decide: "Decide",
    verdict: "Verdict",
    name: "Name",
    kind: "Kind",
    applied: "Applied",
    decided: "Decided",
    decision_sure: "{{decision}} {{name}}?",
    now: "Now",
    ready: "Ready",
    audits: "Audits",
    no_audits: "No audit yet",
    outcome: "Outcome",
    ok: "All checks hold",
    broken: "{{count}} do not hold",
    checks: "Checks",
    took: "Took",
  },
};
