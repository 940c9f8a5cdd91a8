import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Chart } from "../../pieces/Chart";
import { useWords } from "../../texts/use";

const GROUPS = ["awaiting_shipment", "in_transit", "delivered"] as const;
const COLOURS = { awaiting_shipment: "#d98a00", in_transit: "#3b6fb6", delivered: "#2d7a12" } as const;

/** How many orders under way stood where, at the end of each day. */
export default function Standing({ days }: { days: readonly Schemas["FiguresDayOut"][] }) {
  const { t } = useTranslation();
  const word = useWords();
  const last = days.at(-1);
  const said = GROUPS.map((group) => `${word("group", group)} ${last?.groups[group] ?? 0}`).join(", ");
  return (
    <Chart
      label={`${t("insights.standing")} ${last?.day ?? ""}: ${said}`}
      height={220}
      option={{
        grid: { left: 4, right: 12, top: 32, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemGap: 16 },
        xAxis: { type: "category", data: days.map(({ day }) => day.slice(5)) },
        yAxis: { type: "value", minInterval: 1 },
        series: GROUPS.map((group) => ({
          name: word("group", group),
          type: "bar",
          stack: "all",
          barMaxWidth: 24,
          color: COLOURS[group],
          data: days.map((day) => day.groups[group] ?? 0),
        })),
      }}
    />
  );
}
