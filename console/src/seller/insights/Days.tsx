import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Chart } from "../../pieces/Chart";

const LINES = ["placed", "shipped", "delivered"] as const;
const COLOURS = { placed: "#8a8f98", shipped: "#d98a00", delivered: "#2d7a12" } as const;

/** Orders placed, shipped and delivered, day by day. */
export default function Days({ days }: { days: readonly Schemas["FiguresDayOut"][] }) {
  const { t } = useTranslation();
  const said = LINES.map((line) => `${t(`insights.${line}`)} ${days.reduce((sum, day) => sum + day[line], 0)}`).join(", ");
  return (
    <Chart
      label={`${t("insights.by_day")}: ${said}`}
      height={240}
      option={{
        grid: { left: 4, right: 12, top: 32, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemGap: 16 },
        xAxis: { type: "category", data: days.map(({ day }) => day.slice(5)) },
        yAxis: { type: "value", minInterval: 1 },
        series: LINES.map((line) => ({ name: t(`insights.${line}`), type: "line", color: COLOURS[line], data: days.map((day) => day[line]) })),
      }}
    />
  );
}
