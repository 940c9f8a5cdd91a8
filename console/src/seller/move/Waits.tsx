import { Card } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useShop, useShopForms } from "../shops";
import type { Move } from "./move";

/** What a move waits for, or, once it is over, what it leaves to do: each with where it is done. */
export function Waits({ move }: { move: Move }) {
  const { t } = useTranslation();
  const shop = useShop();
  const forms = useShopForms();
  const running = move.state === "running";
  const ships = move.choices["supplier_ships"] ?? 0;
  const at = (page: string, word: string) => <Link to={`/seller/${shop.id}/${page}`}>{word}</Link>;
  const rows = [
    running && { key: "until", text: t("move.waits_until", { at: forms.instant(move.until) }) },
    move.draining > 0 && { key: "orders", text: t(running ? "move.waits_orders" : "move.over_orders", { count: move.draining }), to: at("orders?group=awaiting_shipment", t("move.to_orders")) },
    move.uncounted > 0 && { key: "counts", text: t("move.waits_counts", { count: move.uncounted }), to: at("plan?tab=stock", t("move.to_stock_plan")) },
    ships > 0 && { key: "ships", text: t("move.waits_ships", { count: ships }), to: at("suppliers", t("menu.suppliers")) },
    move.state === "done" && move.exit_id === null && { key: "unmap", text: t("move.over_unmap"), to: at("products?tab=exits", t("products.exits")) },
    move.exit_id !== null && move.state !== "cancelled" && { key: "exit", text: t("move.of_exit", { id: move.exit_id }), to: at("leaving", t("menu.leaving")) },
  ].filter((each) => each !== false);
  if (rows.length === 0) return null;
  return (
    <Card size="small" title={t(running ? "move.waits" : "move.left_to_do")}>
      <ul style={{ margin: 0, paddingInlineStart: 20 }}>
        {rows.map(({ key, text, to }) => <li key={key}>{text} {to}</li>)}
      </ul>
    </Card>
  );
}
