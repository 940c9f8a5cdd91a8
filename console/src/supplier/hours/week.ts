/** A calendar as it is entered: each day of the week with a switch and its hours. */
import dayjs, { type Dayjs } from "dayjs";
import type { Schemas } from "../../api/client";

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export type Hours = Schemas["HoursIn"];
export const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const USUAL: Hours = { opens: "09:00", cut_off: "18:00" };

interface DayEntered {
  on: Dayjs;
  works: boolean;
  hours: Hours;
}

export interface Entered {
  zone: string;
  china: boolean;
  week: Record<Weekday, { works: boolean; hours: Hours }>;
  days: DayEntered[];
}

/** What the form begins with: the calendar that holds, or a usual week where there is none. */
export function enteredOf(calendar: Schemas["CalendarOut"] | undefined): Entered {
  const of = (name: Weekday) => (calendar ? calendar.week[name] : name === "saturday" || name === "sunday" ? undefined : USUAL);
  return {
    zone: calendar?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    china: calendar ? calendar.public_holidays === "CN" : true,
    week: Object.fromEntries(WEEKDAYS.map((name) => [name, { works: of(name) !== undefined, hours: of(name) ?? USUAL }])) as Entered["week"],
    days: (calendar?.days ?? []).map(({ on, hours }) => ({ on: dayjs(on), works: hours !== null, hours: hours ?? USUAL })),
  };
}

export function calendarOf({ zone, china, week, days }: Entered): Schemas["CalendarIn"] {
  return {
    zone,
    public_holidays: china ? "CN" : null,
    week: Object.fromEntries(WEEKDAYS.map((name) => [name, week[name].works ? week[name].hours : null])),
    days: (days ?? []).map(({ on, works, hours }) => ({ on: on.format("YYYY-MM-DD"), hours: works ? (hours ?? USUAL) : null })),
  };
}

export const ZONES: readonly string[] = Intl.supportedValuesOf("timeZone");
