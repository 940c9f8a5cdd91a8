/** What the pages of a move share: its shapes, how it is wanted, and what of a wish cannot be. Source: MOVE-1. */
import type { Schemas } from "../../api/client";
import { usePolicyInForce } from "../../pieces/policy";

export type Move = Schemas["MoveOut"];
export type Listed = Schemas["MoveListed"];
export type Unsold = Schemas["UnsoldOut"];
export type Choice = Schemas["Choice"];
export type Choices = Readonly<Record<string, Choice | undefined>>;
/** The percent of each day; days that are not said are behind the last. */
export type Ramp = readonly (number | null)[];

/** So many products can be chosen for in one call. */
export const MOST_CHOSEN = 1_000;
const USUAL_DAYS = 7;

/** For how many days the two tracks run by the rules in force. */
export function useHorizonDays(): number {
  const values = usePolicyInForce()?.clauses.find(({ code }) => code === "MOVE-1")?.values;
  const said = values?.find(({ name }) => name === "horizon")?.value;
  return Number(/^P(\d+)D$/.exec(String(said))?.[1] ?? USUAL_DAYS);
}

/** The ramp as it is sent, and null where it is none: each day between 0 and 100, never falling, none left out before the last. */
export function rampOf(entered: Ramp): number[] | null {
  const days = entered.slice(0, entered.findLastIndex((share) => share !== null) + 1);
  const fits = days.every((share, day) => share !== null && share >= (days[day - 1] ?? 0) && share <= 100);
  return days.length > 0 && fits ? days.map(Number) : null;
}

export function chosenOf(choices: Choices | undefined): Schemas["MovingIn"][] {
  return Object.entries(choices ?? {}).flatMap(([sku, choice]) => (choice ? [{ sku, choice }] : []));
}

/** The percent of a day's orders that left JIT, null where none came. */
export function shareLeft({ jit, left }: Schemas["MoveDayOut"]): number | null {
  return jit + left === 0 ? null : Math.round((left * 100) / (jit + left));
}

/** A ramp as it is read: its days, and all of them after. */
export function paceOf(ramp: readonly number[]): string {
  const days = ramp.at(-1) === 100 ? ramp : [...ramp, 100];
  return days.map((share) => `${share} %`).join(" → ");
}
