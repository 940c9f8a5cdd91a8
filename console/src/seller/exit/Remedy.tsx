/** The button or the link by which the seller clears a blocker, or sees to whom it belongs. */
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMay, useShop } from "../shops";
import { EndBinding } from "../suppliers/EndBinding";
import { LetterButton } from "../suppliers/LetterButton";
import type { Blocker } from "./Blockers";
import { CountBack } from "./CountBack";

export function Remedy({ blocker }: { blocker: Blocker }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const { object, code } = blocker;
  const number = (name: string) => Number(object[name]);
  const at = (page: string) => `/seller/${shop.id}/${page}`;
  switch (code) {
    case "live_grant":
      return may("bindings.write") ? <EndBinding binding_id={number("id")} /> : null;
    case "unsigned_letter":
      return <LetterButton letter_id={number("letter_id")} waits={blocker.owner === "seller"} />;
    case "uncounted_stock":
      return <CountBack calibration_id={number("id")} />;
    case "unsettled_fee":
    case "fee_without_delivery_evidence":
      return object["reason"] === "not_enough_funds" ? (
        <Link to={at("funds")}>{t("exit.to_funds")}</Link>
      ) : (
        <Link to={`${at("orders")}?order=${number("order_id")}`}>{t("exit.to_order")}</Link>
      );
    default:
      return object["order_id"] === undefined ? null : <Link to={`${at("orders")}?order=${number("order_id")}`}>{t("exit.to_order")}</Link>;
  }
}
