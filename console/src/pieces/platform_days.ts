/** Days and months as the platform counts them: in its own zone, whichever the reader's or the shop's is. */
import dayjs, { type Dayjs } from "dayjs";

const FORM = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });

/** The day on which that instant lies, as `2026-11-28`. */
export const platformDay = (at: Date): string => FORM.format(at);

/** The month in which it lies, as `2026-11`. */
export const platformMonth = (at: Date): string => platformDay(at).slice(0, 7);

/** A day of a calendar, which is in no zone, as the API writes it. */
export const dayText = (day: Dayjs): string => day.format("YYYY-MM-DD");

/** So many days after that day, before it where they are less than none. */
export const daysAfter = (day: string, count: number): string => dayText(dayjs(day).add(count, "day"));
