/** The button or the link by which a blocker is cleared or brought on; where it is somebody else's, the way to see it. */
import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Settle } from "../funds/ChargeDrawer";
import { useMay, useShop } from "../shops";
import { EndBinding } from "../suppliers/EndBinding";
import { LetterButton } from "../suppliers/LetterButton";
import type { Blocker } from "./Blockers";
import { CountBack } from "./CountBack";
import { RemedyButton } from "./RemedyButton";

export function Remedy({ blocker }: { blocker: Blocker }) {
  const { t } = useTranslation();
  const may = useMay();
  const { object, code } = blocker;
  const number = (name: string) => Number(object[name]);
  switch (code) {
    case "live_grant":
      return may("bindings.write") ? <EndBinding binding_id={number("id")} /> : <OwnerOnly />;
    case "unsigned_letter":
      return <><LetterButton letter_id={number("letter_id")} waits={blocker.owner === "seller"} />{blocker.owner === "seller" && !may("letters.write") && <OwnerOnly />}</>;
    case "uncounted_stock":
      return may("stock.write") ? <CountBack calibration_id={number("id")} /> : <OwnerOnly />;
    case "unsettled_fee":
    case "fee_without_delivery_evidence":
    case "secured_fee":
      return <Fee blocker={blocker} />;
    case "stuck_order":
      return (
        <Flex gap="small" wrap align="center">
          {may("fulfilments.write") && <RemedyButton fulfilment_id={number("id")} action="remind" />}
          <To page="orders" search={{ order: number("order_id") }} label={t("leave.to_remedies")} />
        </Flex>
      );
    case "open_order":
      return (
        <Flex gap="small" wrap align="center">
          <To page="orders" search={{ order: number("order_id") }} label={t(blocker.owner === "seller" ? "leave.to_remedies" : "exit.to_order")} />
          {object["move_id"] !== undefined && <To page="plan" search={{ tab: "move", move: number("move_id") }} label={t("move.see")} />}
        </Flex>
      );
    case "unanswered_order":
    case "stale_parcel":
    case "open_cancellation":
      return <To page="orders" search={{ order: number("order_id") }} label={t("exit.to_order")} />;
  }
}

/** Of a fee: what it waits for says where that is seen to; one that is not due yet can be settled at once. */
function Fee({ blocker: { object } }: { blocker: Blocker }) {
  const { t } = useTranslation();
  const may = useMay();
  const id = Number(object["id"]);
  const see = may("charges.read");
  switch (object["reason"]) {
    case "not_enough_funds":
      return <To page="funds" search={{}} label={t("exit.to_funds")} />;
    case "in_dispute":
      return <Flex gap="small" wrap><To page="funds" search={{}} label={t("exit.to_funds")} /><To page="disputes" search={{}} label={t("leave.to_disputes")} /></Flex>;
    case "not_yet_due":
      return may("charges.write") ? <Settle id={id} small /> : <OwnerOnly />;
    case "no_delivery_evidence":
      return see ? <To page="funds" search={{ state: "provisional", charge: id }} label={t("leave.to_charge")} /> : <To page="orders" search={{ order: Number(object["order_id"]) }} label={t("exit.to_order")} />;
    default:
      return object["order_id"] == null ? null : <To page="orders" search={{ order: Number(object["order_id"]) }} label={t("exit.to_order")} />;
  }
}

function To({ page, search, label }: { page: string; search: Record<string, string | number>; label: string }) {
  const shop = useShop();
  const asked = new URLSearchParams(Object.entries(search).map(([name, value]) => [name, String(value)])).toString();
  return <Link to={`/seller/${shop.id}/${page}${asked && `?${asked}`}`}>{label}</Link>;
}

function OwnerOnly() {
  const { t } = useTranslation();
  return <small className="secondary">{t("leave.owner_acts")}</small>;
}
