import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { Chart } from "../../pieces/Chart";
import { useShopForms } from "../shops";

const DAY = 86_400_000;
type Part = Schemas["ForecastPart"];

const days = (from: number, until: string) => Math.round((Math.max(0, Date.parse(until) - from) / DAY) * 10) / 10;

/** From now on, how many days each part takes: likely, and to be safe. */
export default function ForecastChart({ parts, nameOf }: { parts: readonly Part[]; nameOf: (part: Part) => string }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const now = useBusinessNow(600_000).getTime();
  const shown = parts.toReversed();
  const option = {
    grid: { left: 4, right: 24, top: 32, bottom: 20, containLabel: true },
    legend: { top: 0, left: 0, itemGap: 16 },
    xAxis: { type: "value", name: t("exit.days"), nameLocation: "middle", nameGap: 24 },
    yAxis: { type: "category", data: shown.map(nameOf), axisLabel: { width: 130, overflow: "break" } },
    series: [
      { name: t("exit.p50"), type: "bar", stack: "all", barMaxWidth: 14, color: "#b8410c", data: shown.map(({ p50 }) => days(now, p50)) },
      { name: t("exit.p90"), type: "bar", stack: "all", barMaxWidth: 14, color: "#f0b99f", data: shown.map(({ p50, p90 }) => days(Date.parse(p50), p90)) },
    ],
  };
  const said = parts.map((part) => `${nameOf(part)} ${forms.instant(part.p50)} – ${forms.instant(part.p90)}`).join("; ");
  return <Chart label={`${t("exit.forecast")}: ${said}`} height={80 + 40 * parts.length} option={option} />;
}
