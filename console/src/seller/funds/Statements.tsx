import { Button, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useBusinessNow } from "../../pieces/BusinessTime";
import { CursorTable } from "../../pieces/CursorTable";
import { useWord } from "../../pieces/address";
import { BY_CURSOR } from "../../pieces/paged";
import { platformMonth } from "../../pieces/platform_days";
import { useShop, useShopForms } from "../shops";
import { Statement } from "./Statement";

/** 账单明细: one for each month that is over, and this month as it stands. */
export function Statements() {
  const { t } = useTranslation();
  const [month, setMonth] = useWord("month");
  const now = useBusinessNow(60_000);
  const current = platformMonth(now);
  if (month && /^\d{4}-\d\d$/.test(month)) return <Statement month={month} back={() => setMonth(undefined)} />;
  return (
    <Flex vertical gap="middle">
      <Button style={{ alignSelf: "start" }} onClick={() => setMonth(current)}>{t("bills.this_month")}</Button>
      <Issued open={setMonth} />
    </Flex>
  );
}

function Issued({ open }: { open: (month: string) => void }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const issued = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/statements/issued", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
  const balances = (each: Schemas["IssuedOut"], end: "opening" | "closing") => each.balances.map((balance) => <div key={balance[end].currency}>{forms.money(balance[end])}</div>);
  return (
    <CursorTable
      query={issued}
      rowKey={({ month }) => month}
      empty={t("bills.no_statements")}
      width={620}
      columns={[
        { title: t("bills.month"), render: (_, row) => <Button type="link" style={{ paddingInline: 0 }} onClick={() => open(row.month)}>{row.month}</Button> },
        { title: t("bills.number"), dataIndex: "number" },
        { title: t("bills.opening"), align: "end", render: (_, row) => balances(row, "opening") },
        { title: t("bills.closing"), align: "end", render: (_, row) => balances(row, "closing") },
        { title: t("bills.issued"), render: (_, row) => forms.instant(row.issued_at) },
      ]}
    />
  );
}
