/** Words for codes, and money, instants and figures as the reader's language writes them. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from ".";
import type { Texts } from "./pattern";

type Words = Texts["words"];
interface Money {
  amount: string;
  currency: string;
}

/** What a text is called that people choose freely, where it is one that has a word; else the text itself. */
export function useOpenWords(): (list: keyof Words, text: string) => string {
  const { i18n } = useTranslation();
  return (list, text) => {
    const words = i18n.getResource(i18n.language, "translation", `words.${list}`) as Record<string, string> | undefined;
    return words?.[text] ?? text;
  };
}

/** What a code of the API is called. A field that may hold a code without a word there fails the build. */
export function useWords(): <List extends keyof Words>(list: List, code: keyof Words[List] & string) => string {
  return useOpenWords();
}

/** What kind of party somebody is whom the record names: `shop:1`, `line`, `person:3/shop:1`. */
export function useWho(): (actor: string) => string {
  const word = useOpenWords();
  return (actor) => word("who", actor.split(/[:/]/)[0] ?? "");
}

/** Of a text that the API answers in both languages, the reader's. */
export function ofBoth(text: Readonly<Record<string, string>>): string {
  return text[currentLanguage()] ?? text["en"] ?? "";
}

export interface Forms {
  money(value: Money): string;
  instant(at: string | null | undefined): string;
  moment(at: string | null | undefined): string;
  day(on: string | null | undefined): string;
  number(value: number): string;
  /** A span as the two largest of its days, hours, minutes, seconds. */
  span(seconds: number): string;
}

/** The reader's forms; instants stand in `zone`, which is the shop's. */
export function useForms(zone: string): Forms {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    const part = { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hourCycle: "h23" } as const;
    const instants = new Intl.DateTimeFormat(language, { ...part, hour: "2-digit", minute: "2-digit" });
    const moments = new Intl.DateTimeFormat(language, { ...part, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const days = new Intl.DateTimeFormat(language, { year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC" });
    const numbers = new Intl.NumberFormat(language);
    const said = (form: Intl.DateTimeFormat) => (at: string | null | undefined) => (at ? form.format(new Date(at)) : "–");
    return {
      money: ({ amount, currency }) =>
        new Intl.NumberFormat(language, { style: "currency", currency }).format(amount as Intl.StringNumericLiteral),
      instant: said(instants),
      moment: said(moments),
      day: said(days),
      number: (value) => numbers.format(value),
      span: (seconds) => spanOf(seconds, (unit, count) => t(`span.${unit}`, { count })),
    };
  }, [language, zone, t]);
}

type Unit = "day" | "hour" | "minute" | "second";
const UNITS: readonly (readonly [Unit, number])[] = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function spanOf(seconds: number, say: (unit: Unit, count: number) => string): string {
  let left = Math.max(0, Math.floor(seconds));
  const counts = UNITS.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return [unit, count] as const;
  });
  const first = counts.findIndex(([, count]) => count > 0);
  if (first < 0) return say("second", 0);
  const told = counts.slice(first, first + 2).filter(([, count]) => count > 0);
  return told.map(([unit, count]) => say(unit, count)).join(" ");
}
