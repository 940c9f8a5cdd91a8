import type { Like } from "../../like";
import type { insights as pattern } from "../../zh/pages/insights";

export const insights: Like<typeof pattern> = {
  hint: "The last 30 days of the platform's zone, counted until {{at}}",
  hint_none: "The last 30 days of the platform's zone",
  by_day: "Orders by day",
  placed: "Placed",
  shipped: "Shipped",
  delivered: "Delivered",
  times: "Hours taken",
  shares: "Shares",
  suppliers: "Suppliers, the best first",
  what: "Figure",
  way: "Way",
  every_way: "all",
  mean: "Mean",
  half: "Half within",
  most: "Nine tenths within",
  orders: "Orders",
  share: "Share",
  of: "{{part}} of {{all}}",
  score: "Score",
  fulfilments: "Fulfilments",
  none: "Nothing in these days",
};
