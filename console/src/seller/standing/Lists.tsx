import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";

function Order({ id }: { id: number }) {
  const { t } = useTranslation();
  return <Link to={`/seller/${useShop().id}/orders?order=${id}`}>{t("home.order", { id })}</Link>;
}

/** What buyers rated. Source: BACK-2. */
export function Ratings() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/ratings", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={found}
      rowKey={({ order_id }) => order_id}
      empty={t("standing.no_ratings")}
      width={620}
      columns={[
        { title: t("standing.order"), render: (_, row) => <Order id={row.order_id} /> },
        { title: word("axis", "described"), dataIndex: "described", align: "end" },
        { title: word("axis", "communication"), dataIndex: "communication", align: "end" },
        { title: word("axis", "shipping"), dataIndex: "shipping", align: "end" },
        { title: t("standing.rated"), render: (_, row) => forms.instant(row.rated_at) },
      ]}
    />
  );
}

/** Orders that the seller's own stock could not meet. Source: STOCK-1. */
export function StockOuts() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/stock_outs", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={found}
      rowKey={({ id }) => id}
      empty={t("standing.no_stock_outs")}
      width={620}
      columns={[
        { title: t("orders.number"), dataIndex: "channel_order_no" },
        { title: "SKU", render: (_, row) => row.sku ?? "–" },
        { title: t("standing.cause"), render: (_, row) => word("stock_out", row.cause) },
        { title: t("standing.at"), render: (_, row) => forms.instant(row.at) },
        { title: t("standing.order"), render: (_, row) => row.order_id && <Order id={row.order_id} /> },
      ]}
    />
  );
}

/** Suppliers that are reviewed again for this shop, as it comes back. Source: QUAL-1, BACK-4. */
export function Reviews() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const supplierName = useSupplierNames();
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/reviews", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  return (
    <CursorTable
      query={found}
      rowKey={({ id }) => id}
      empty={t("standing.no_reviews")}
      width={620}
      columns={[
        { title: t("orders.supplier"), render: (_, row) => supplierName(row.supplier_id) },
        { title: t("orders.state"), render: (_, row) => word("review", row.state) },
        { title: t("standing.opened"), render: (_, row) => forms.instant(row.opened_at) },
        { title: t("standing.due"), render: (_, row) => forms.instant(row.due_at) },
        { title: t("standing.decided"), render: (_, row) => forms.instant(row.decided_at) },
      ]}
    />
  );
}
