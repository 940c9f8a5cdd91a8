import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

/** Products that leave JIT alone; of a half-done one the step that is missing. Source: PART-1. */
export function ProductExits() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const exits = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/product_exits",
    { params: { path: { shop_id: shop.id }, query: {} } },
    BY_CURSOR,
  );
  return (
    <CursorTable
      query={exits}
      rowKey={({ id }) => id}
      empty={t("products.no_exits")}
      width={560}
      columns={[
        { title: "SKU", dataIndex: "sku" },
        { title: t("orders.state"), render: (_, row) => word("product_exit", row.state) },
        {
          title: t("products.missing"),
          render: (_, row) =>
            row.missing === "remove_mapping" ? (
              <Link to={`/seller/${shop.id}/mappings?sku=${encodeURIComponent(row.sku)}`}>{word("missing", row.missing)}</Link>
            ) : (
              row.missing && word("missing", row.missing)
            ),
        },
        { title: t("products.opened"), render: (_, row) => forms.instant(row.opened_at) },
        { title: t("products.ended"), render: (_, row) => forms.instant(row.ended_at) },
      ]}
    />
  );
}
