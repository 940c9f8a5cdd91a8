import { Card, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { CountLocal } from "./CountLocal";
import { type Move, paceOf } from "./move";

/** The products on the move's tracks: what was chosen for each, and how much of it leaves JIT today. */
export function Products({ move }: { move: Move }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const forms = useShopForms();
  const counts = useMay()("stock.write") && move.state !== "cancelled";
  const every = move.state === "running" ? 30_000 : false;
  const params = { path: { shop_id: shop.id, move_id: move.id }, query: {} };
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/moves/{move_id}/products", { params }, { ...BY_CURSOR, refetchInterval: every });
  return (
    <Card size="small" title={t("move.products", { count: move.products })}>
      <CursorTable
        query={found}
        rowKey={({ sku }) => sku}
        empty={t(move.state === "running" ? "move.no_products" : "move.products_gone")}
        width={760}
        columns={[
          { title: t("move.product"), render: (_, row) => <><code>{row.sku}</code><div><small>{row.title}</small></div></> },
          { title: t("move.meanwhile"), render: (_, row) => (row.choice === null && row.local === 0 ? <Tag color="warning" style={{ color: "rgba(0,0,0,0.88)" }}>{t("move.refused")}</Tag> : word("choice", row.choice ?? "own_units")) },
          { title: t("move.today"), align: "end", render: (_, row) => (move.state === "running" ? `${row.share} %` : "–") },
          { title: t("move.ramp_short"), render: (_, row) => (row.ramp.length > 0 ? paceOf(row.ramp) : "–") },
          { title: t("move.closes"), render: (_, row) => forms.instant(row.closes_at ?? (move.exit_id === null ? null : move.started_at)) },
          { title: t("move.local"), align: "end", render: (_, row) => <Flex gap="small" align="center" justify="end">{forms.number(row.local)}{counts && <CountLocal sku={row.sku} />}</Flex> },
          { title: t("move.stocked"), render: (_, row) => forms.instant(row.stocked_at) },
        ]}
      />
    </Card>
  );
}
