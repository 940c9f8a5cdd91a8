import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Chart } from "../../pieces/Chart";
import { useWords } from "../../texts/use";

const URGENCIES = ["overdue", "due_soon", "later"] as const;
const COLOURS = { overdue: "#c4242b", due_soon: "#d98a00", later: "#8a8f98" } as const;

export default function TaskChart({ counts }: { counts: readonly Schemas["CountOut"][] }) {
  const { t } = useTranslation();
  const word = useWords();
  const shown = counts.toReversed();
  const said = counts.map((each) => `${word("task", each.kind)} ${each.overdue + each.due_soon + each.later}`).join(", ");
  return (
    <Chart
      label={`${t("home.by_kind")}: ${said}`}
      height={60 + 34 * shown.length}
      option={{
        grid: { left: 4, right: 24, top: 32, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemGap: 10, itemWidth: 14 },
        xAxis: { type: "value", minInterval: 1 },
        yAxis: { type: "category", data: shown.map((each) => word("task", each.kind)) },
        series: URGENCIES.map((urgency) => ({
          name: t(`home.${urgency}`),
          type: "bar",
          stack: "all",
          barMaxWidth: 16,
          color: COLOURS[urgency],
          data: shown.map((each) => each[urgency]),
        })),
      }}
    />
  );
}
