import { useQueries } from "@tanstack/react-query";
import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import Chart from "../insights/Days";
import { useShopPlaces } from "../shops";

type Day = Schemas["FiguresDayOut"];
const RARELY = 300_000;
const MOST_SHOPS = 10;

/** Orders placed, shipped and delivered in the last 30 days, of all the seller's shops together (of the first ten, where there are more). */
export default function Days() {
  const { t } = useTranslation();
  const shops = useShopPlaces().slice(0, MOST_SHOPS);
  const found = useQueries({
    queries: shops.map(({ party_id }) => ({ ...api.queryOptions("get", "/v1/shops/{shop_id}/insights", { params: { path: { shop_id: party_id ?? 0 } } }), staleTime: RARELY })),
  });
  const days = found.reduce<Day[]>((sum, { data }) => together(sum, data?.days ?? []), []);
  if (days.length === 0) return null;
  return <Card title={t("insights.by_day")} size="small"><Chart days={days} /></Card>;
}

/** Day by day, what both have. */
function together(one: readonly Day[], other: readonly Day[]): Day[] {
  if (one.length === 0) return [...other];
  const of = new Map(other.map((day) => [day.day, day]));
  return one.map((day) => {
    const more = of.get(day.day);
    return more ? { ...day, placed: day.placed + more.placed, shipped: day.shipped + more.shipped, delivered: day.delivered + more.delivered } : day;
  });
}
