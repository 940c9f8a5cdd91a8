import { DatePicker, Flex } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { dayText, daysAfter, platformDay } from "../../pieces/platform_days";

/** As many days as are looked at together. */
const MOST_DAYS = 400;
const A_DAY = /^\d{4}-\d\d-\d\d$/;

/** Days of the platform's zone; `until` is the day after the last. None are said where the last 30 are meant. */
export interface ChosenDays {
  from?: string;
  until?: string;
}

export function useChosenDays(): [ChosenDays, (days: ChosenDays) => void] {
  const [search, setSearch] = useSearchParams();
  const from = search.get("from") ?? "";
  const until = search.get("until") ?? "";
  const chosen = A_DAY.test(from) && A_DAY.test(until) ? { from, until } : {};
  return [chosen, (days) => setSearch({ ...days }, { replace: true })];
}

interface Props {
  since: string | undefined;
  until: string | undefined;
  choose: (days: ChosenDays) => void;
}

/** The days that are looked at, the last one included, and those that one mostly wants. */
export function Chosen({ since, until, choose }: Props) {
  const { t } = useTranslation();
  const today = platformDay(useBusinessNow(60_000));
  const month = dayjs(today).startOf("month");
  const ready = [
    ...[7, 30, 90].map((count) => ({ label: t("insights.last_days", { count }), value: [dayjs(daysAfter(today, 1 - count)), dayjs(today)] as [dayjs.Dayjs, dayjs.Dayjs] })),
    { label: t("insights.this_month"), value: [month, dayjs(today)] as [dayjs.Dayjs, dayjs.Dayjs] },
    { label: t("insights.last_month"), value: [month.subtract(1, "month"), month.subtract(1, "day")] as [dayjs.Dayjs, dayjs.Dayjs] },
  ];
  return (
    <Flex gap="small" wrap align="center" role="search" aria-label={t("insights.days")}>
      <DatePicker.RangePicker
        aria-label={t("insights.days")}
        allowClear={false}
        presets={ready}
        value={since && until ? [dayjs(since), dayjs(daysAfter(until, -1))] : null}
        disabledDate={(day, { from }) => dayText(day) > today || (from !== undefined && Math.abs(day.diff(from, "day")) >= MOST_DAYS)}
        onChange={(days) => days?.[0] && days[1] && choose({ from: dayText(days[0]), until: daysAfter(dayText(days[1]), 1) })}
        style={{ width: 260, maxWidth: "100%" }}
      />
      <small className="secondary">{t("insights.zone")}</small>
    </Flex>
  );
}
