import { Badge } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

/** 查询工单: what was asked of carriers, and what they answered. Source: FEE-5. */
export function Enquiries() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const found = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/enquiries",
    { params: { path: { shop_id: shop.id }, query: {} } },
    { ...BY_CURSOR, refetchInterval: 30_000 },
  );
  return (
    <CursorTable
      query={found}
      rowKey={({ id }) => id}
      empty={t("bills.no_enquiries")}
      width={820}
      columns={[
        { title: t("bills.number"), dataIndex: "number" },
        { title: t("orders.state"), render: (_, row) => <Badge status={row.state === "answered" ? "success" : "processing"} text={word("enquiry", row.state)} /> },
        { title: t("bills.waybill"), render: (_, row) => `${row.carrier} ${row.waybill}` },
        { title: t("funds.order"), render: (_, row) => <Link to={`/seller/${shop.id}/orders?order=${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link> },
        { title: t("bills.asked_at"), render: (_, row) => forms.instant(row.asked_at) },
        { title: t("bills.answer"), render: (_, row) => row.answer && <>{word("enquiry_answer", row.answer)}{row.note && <div><small>{row.note}</small></div>}</> },
        { title: t("bills.answered_at"), render: (_, row) => forms.instant(row.answered_at) },
      ]}
    />
  );
}
