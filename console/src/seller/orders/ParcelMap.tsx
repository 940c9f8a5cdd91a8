import { useTranslation } from "react-i18next";
import { Chart } from "../../pieces/Chart";
import { useWords } from "../../texts/use";
import { useShopForms } from "../shops";
import type { Scan } from "./Parcel";

/** The way of a parcel: places from top to bottom (statuses, where its carrier names no place), time from left to right, a dot for each scan. */
export default function ParcelMap({ scans, waybill }: { scans: readonly Scan[]; waybill: string }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const placed = scans.some(({ place }) => place);
  const where: string[] = [];
  // A scan that names no place happened where the parcel was last seen.
  for (const { place, status } of scans) where.push(placed ? place || where.at(-1) || "–" : word("parcel", status));
  const places = [...new Set(where)];
  const points = scans.map((scan, index) => [Date.parse(scan.occurred_at), where[index]]);
  const instants = { hideOverlap: true, formatter: (at: number) => forms.instant(new Date(at).toISOString()) };
  const said = scans.map((scan) => [forms.instant(scan.occurred_at), word("parcel", scan.status), scan.place].filter(Boolean).join(" ")).join("; ");
  const option = {
    grid: { left: 4, right: 60, top: 12, bottom: 4, containLabel: true },
    xAxis: { type: "value", min: "dataMin", max: "dataMax", splitNumber: 2, axisLabel: instants },
    yAxis: { type: "category", inverse: true, data: places, axisTick: { show: false } },
    // A parcel stays where it was seen until it is seen elsewhere: along the time first, as the steps count along the places.
    series: [{ type: "line", step: "start", symbol: "circle", symbolSize: 9, color: "#b8410c", data: points }],
  };
  return <Chart label={`${t("parcel.way", { waybill })}: ${said}`} height={44 + 30 * places.length} option={option} />;
}
