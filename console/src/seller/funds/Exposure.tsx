import { Grid, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

/** What a freeze waits for, part by part, and what clears each. Source: EXIT-7. */
export function Exposure({ exit_id }: { exit_id: number }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const wide = Grid.useBreakpoint().md ?? true;
  const found = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}/exposure", { params: { path: { shop_id: shop.id, exit_id }, query: { limit: 200 } } });
  return (
    <Wide width={wide ? 620 : 220}>
      <Table
        size="small"
        pagination={false}
        loading={found.isPending}
        rowKey={({ kind, number }) => `${kind} ${number}`}
        dataSource={found.data?.items}
        locale={{ emptyText: t("leave.nothing_open") }}
        columns={[
          { title: t("leave.what"), render: (_, row) => `${word("funds_kind", row.kind)} ${row.number}` },
          { title: t("bills.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
          { title: t("leave.since"), responsive: ["md"], render: (_, row) => forms.instant(row.since) },
          { title: t("leave.clears"), render: (_, row) => word("clears", row.cleared_by) },
          { title: t("leave.expected"), responsive: ["md"], render: (_, row) => forms.instant(row.expected_at) },
        ]}
      />
    </Wide>
  );
}
