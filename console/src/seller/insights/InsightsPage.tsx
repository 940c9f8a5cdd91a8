import { Card, Col, Row, Table } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { Waiting } from "../../pieces/Waiting";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

const Days = lazy(() => import("./Days"));
type Told = Schemas["InsightsOut"];

/** 数据: how the shop fared in the last 30 days. */
export function Component() {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const found = api.useQuery("get", "/v1/shops/{shop_id}/insights", { params: { path: { shop_id: shop.id } } }, { staleTime: 60_000 });
  const until = found.data?.counted_until;
  return (
    <Page title={t("menu.insights")} hint={until ? t("insights.hint", { at: forms.instant(until) }) : t("insights.hint_none")}>
      {found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && (
        <>
          <Card size="small" title={t("insights.by_day")}><Suspense fallback={<Waiting />}><Days days={found.data.days} /></Suspense></Card>
          <Row gutter={[16, 16]}>
            <Col xs={24} xl={12}><Times it={found.data} /></Col>
            <Col xs={24} xl={12}><Shares it={found.data} /></Col>
          </Row>
          <League it={found.data} />
        </>
      )}
    </Page>
  );
}

function Times({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Card size="small" title={t("insights.times")}>
      <Wide width={480}>
        <Table
          size="small"
          pagination={false}
          rowKey={({ name, way }) => `${name} ${way}`}
          dataSource={it.times}
          locale={{ emptyText: t("insights.none") }}
          columns={[
            { title: t("insights.what"), render: (_, row) => word("figure", row.name) },
            { title: t("insights.way"), render: (_, row) => (row.way ? word("way", row.way) : t("insights.every_way")) },
            { title: t("insights.orders"), dataIndex: "orders", align: "end" },
            { title: t("insights.mean"), align: "end", render: (_, row) => row.mean_hours ?? "–" },
            { title: t("insights.half"), align: "end", render: (_, row) => row.p50_hours ?? "–" },
            { title: t("insights.most"), align: "end", render: (_, row) => row.p90_hours ?? "–" },
          ]}
        />
      </Wide>
    </Card>
  );
}

const percent = (share: string | null) => (share === null ? "–" : `${(Number(share) * 100).toFixed(2)} %`);

function Shares({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Card size="small" title={t("insights.shares")}>
      <Wide width={400}>
        <Table
          size="small"
          pagination={false}
          rowKey={({ name, way }) => `${name} ${way}`}
          dataSource={it.shares}
          locale={{ emptyText: t("insights.none") }}
          columns={[
            { title: t("insights.what"), render: (_, row) => word("figure", row.name) },
            { title: t("insights.way"), render: (_, row) => (row.way ? word("way", row.way) : t("insights.every_way")) },
            { title: t("insights.share"), align: "end", render: (_, row) => <>{percent(row.share)}<div><small>{t("insights.of", { part: row.numerator, all: row.denominator })}</small></div></> },
          ]}
        />
      </Wide>
    </Card>
  );
}

function League({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Card size="small" title={t("insights.suppliers")}>
      <Wide width={560}>
        <Table
          size="small"
          pagination={false}
          rowKey="supplier_id"
          dataSource={it.suppliers}
          locale={{ emptyText: t("insights.none") }}
          columns={[
            { title: t("orders.supplier"), dataIndex: "name" },
            { title: t("insights.score"), align: "end", render: (_, row) => row.score ?? "–" },
            { title: t("insights.fulfilments"), dataIndex: "fulfilments", align: "end" },
            { title: t("insights.shares"), render: (_, row) => row.shares.map((each) => `${word("figure", each.name)} ${percent(each.share)}`).join(" · ") },
          ]}
        />
      </Wide>
    </Card>
  );
}
