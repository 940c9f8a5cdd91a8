import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { PaperButton } from "../../pieces/PaperButton";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { CountBack } from "../exit/CountBack";
import { useMay, useShop, useShopForms } from "../shops";

/** 库存校准: stock that came back, to be counted before its deadline. Source: PART-2, PART-3. */
export function Calibrations() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay();
  const found = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/calibrations",
    { params: { path: { shop_id: shop.id }, query: {} } },
    BY_CURSOR,
  );
  return (
    <CursorTable
      query={found}
      rowKey={({ id }) => id}
      empty={t("products.no_calibrations")}
      width={720}
      columns={[
        { title: "SKU", dataIndex: "sku" },
        { title: t("orders.state"), render: (_, row) => word("calibration", row.state) },
        { title: t("products.units"), dataIndex: "units", align: "end" },
        { title: t("products.due"), render: (_, row) => forms.instant(row.due_at) },
        {
          title: t("products.note"),
          render: (_, row) => (
            <PaperButton path={`/v1/shops/${shop.id}/transfer_notes/${row.transfer_note}.pdf`} title={row.transfer_note} type="link" />
          ),
        },
        {
          title: t("exit.counted"),
          render: (_, row) => (row.state !== "counted" && may("stock.write") ? <CountBack calibration_id={row.id} /> : row.counted),
        },
      ]}
    />
  );
}
