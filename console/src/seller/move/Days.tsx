import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Chart } from "../../pieces/Chart";
import { shareLeft } from "./move";

type Day = Schemas["MoveDayOut"];

/** Day by day, the share of new orders that was to leave JIT and the one that did. */
export default function Days({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const name = (day: Day) => t("move.day", { day: day.day });
  const said = days.map((day) => `${name(day)}: ${t("move.planned")} ${day.planned} %, ${t("move.left")} ${shareLeft(day) ?? "–"} %`).join("; ");
  return (
    <Chart
      label={`${t("move.by_days")}: ${said}`}
      height={240}
      option={{
        grid: { left: 4, right: 12, top: 32, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemGap: 16 },
        xAxis: { type: "category", data: days.map(name) },
        yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value} %" } },
        series: [
          { name: t("move.left"), type: "bar", barMaxWidth: 36, color: "#d98a00", data: days.map(shareLeft) },
          { name: t("move.planned"), type: "line", step: "middle", symbolSize: 7, color: "#1f4e79", data: days.map((day) => day.planned) },
        ],
      }}
    />
  );
}
