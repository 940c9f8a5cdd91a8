import { Card, Flex, Table } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Waiting } from "../../pieces/Waiting";
import { Wide } from "../../pieces/Wide";
import { useShop, useShopForms } from "../shops";
import { type Move, shareLeft } from "./move";

const Days = lazy(() => import("./Days"));

/** How its orders go, day by day: looked at, and read. */
export function ByDays({ move }: { move: Move }) {
  const { t } = useTranslation();
  const shop = useShop();
  const forms = useShopForms();
  const every = move.state === "running" ? 60_000 : false;
  const found = api.useQuery("get", "/v1/shops/{shop_id}/moves/{move_id}/days", { params: { path: { shop_id: shop.id, move_id: move.id } } }, { refetchInterval: every });
  const days = found.data?.items ?? [];
  return (
    <Card size="small" title={t("move.by_days")}>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Waiting />}
      {found.data && (
        <Flex vertical gap="middle">
          <Suspense fallback={<Waiting />}><Days days={days} /></Suspense>
          <Wide width={480}>
            <Table
              size="small"
              pagination={false}
              rowKey="day"
              dataSource={days}
              columns={[
                { title: t("move.from"), render: (_, row) => <>{t("move.day", { day: row.day })} <small className="secondary">{forms.instant(row.since)}</small></> },
                { title: t("move.planned"), align: "end", render: (_, row) => `${row.planned} %` },
                { title: t("move.left"), align: "end", render: (_, row) => (shareLeft(row) === null ? "–" : `${shareLeft(row)} %`) },
                { title: t("move.orders_left"), align: "end", render: (_, row) => forms.number(row.left) },
                { title: t("move.orders_jit"), align: "end", render: (_, row) => forms.number(row.jit) },
              ]}
            />
          </Wide>
        </Flex>
      )}
    </Card>
  );
}
