/** How two versions of the policy differ, rule by rule: its wording, and each of its figures. */
import type { Schemas } from "../../api/client";
import { ofBoth } from "../../texts/use";

type Policy = Schemas["PolicyOut"];
type Line = Policy["lines"][number];

export interface Figure {
  name: string;
  old: string | undefined;
  fresh: string | undefined;
}

export interface Rule {
  code: string;
  title: string;
  old: string | undefined;
  fresh: string | undefined;
  figures: Figure[];
  differs: boolean;
}

interface Side {
  title: string;
  text: string;
  figures: Map<string, string>;
}

/** Every rule of either version in the order of the newer; rules that were dropped stand last. */
export function differencesOf(old: Policy, fresh: Policy, lineTitle: (code: string) => string): Rule[] {
  const [before, after] = [sidesOf(old, lineTitle), sidesOf(fresh, lineTitle)];
  return [...new Set([...after.keys(), ...before.keys()])].map((code) => compared(code, before.get(code), after.get(code)));
}

function compared(code: string, old: Side | undefined, fresh: Side | undefined): Rule {
  const names = [...new Set([...(fresh?.figures.keys() ?? []), ...(old?.figures.keys() ?? [])])];
  const figures = names.map((name) => ({ name, old: old?.figures.get(name), fresh: fresh?.figures.get(name) }));
  const differs = old?.text !== fresh?.text || figures.some((each) => each.old !== each.fresh);
  return { code, title: (fresh ?? old)?.title ?? code, old: old?.text, fresh: fresh?.text, figures, differs };
}

function sidesOf(policy: Policy, lineTitle: (code: string) => string): Map<string, Side> {
  const rules = [...policy.clauses, ...policy.settings].map(
    (clause) => [clause.code, { title: ofBoth(clause.title), text: ofBoth(clause.text), figures: new Map(clause.values.map(({ name, value }) => [name, said(value)])) }] as const,
  );
  const lines = policy.lines.map((line) => [line.code, { title: lineTitle(line.code), text: ofBoth(line.names), figures: figuresOf(line) }] as const);
  return new Map([...rules, ...lines]);
}

function figuresOf({ promise_days, heaviest_grams, refuses, papers, rates }: Line): Map<string, string> {
  const plain = Object.entries({ promise_days, heaviest_grams, refuses, papers }).map(([name, value]) => [name, said(value)] as const);
  const priced = rates.map(
    (rate) =>
      [
        rate.country,
        `${rate.first_fee.currency} ${rate.first_fee.amount} / ${rate.first_weight_grams} g + ${rate.step_fee.amount} / ${rate.step_weight_grams} g, ÷${rate.volumetric_divisor}${rate.surcharges.map((each) => `, ${each.code} ${said(each.fee ?? each.share)}`).join("")}`,
      ] as const,
  );
  return new Map([...plain, ...priced]);
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map(said).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([name, each]) => (name === "amount" || name === "currency" ? String(each) : `${name}: ${said(each)}`)).join(" ");
  return String(value);
}
