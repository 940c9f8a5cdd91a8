/** The figures of the chosen days, a table each. */
import { Card, Col, Row, Statistic, Table } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Wide } from "../../pieces/Wide";
import { useWords } from "../../texts/use";
import { useShopForms } from "../shops";

type Told = Schemas["InsightsOut"];
type Share = Schemas["FiguresShareOut"];
type Times = Schemas["TimesOut"];
const COUNTED = ["placed", "shipped", "delivered"] as const;

/** What was placed, shipped and delivered on these days together, and how buyers rated the shipping. Source: BACK-2. */
export function Totals({ it }: { it: Told }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const sum = (figure: (typeof COUNTED)[number]) => it.days.reduce((count, day) => count + day[figure], 0);
  return (
    <Row gutter={[12, 12]}>
      {COUNTED.map((figure) => (
        <Col xs={12} lg={6} key={figure}><Card size="small"><Statistic title={t(`insights.${figure}`)} value={forms.number(sum(figure))} /></Card></Col>
      ))}
      <Col xs={12} lg={6}>
        <Card size="small">
          <Statistic title={t("insights.logistics_score", { count: it.logistics_score.ratings })} value={it.logistics_score.mean ?? "–"} />
        </Card>
      </Col>
    </Row>
  );
}

export function Times({ it }: { it: Told }) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t("insights.times")}>
      <Wide width={320}>
        <Table
          size="small"
          pagination={false}
          rowKey={({ name, way }) => `${name} ${way}`}
          dataSource={it.times}
          locale={{ emptyText: t("insights.none") }}
          columns={[
            { title: t("insights.what"), render: (_, row) => <What name={row.name} way={row.way} /> },
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

/** What a figure is of: its name, and the way of shipping that it is of, where it is not of all. */
function What({ name, way }: { name: (Share | Times)["name"]; way?: Share["way"] }) {
  const word = useWords();
  return <>{word("figure", name)}{way && <div><small className="secondary">{word("way", way)}</small></div>}</>;
}

const percent = (share: string | null) => (share === null ? "–" : `${(Number(share) * 100).toFixed(2)} %`);

export function Shares({ it }: { it: Told }) {
  const { t } = useTranslation();
  return (
    <Card size="small" title={t("insights.shares")}>
      <Wide width={240}>
        <Table
          size="small"
          pagination={false}
          rowKey={({ name, way }) => `${name} ${way}`}
          dataSource={it.shares}
          locale={{ emptyText: t("insights.none") }}
          columns={[
            { title: t("insights.what"), render: (_, row) => <What name={row.name} way={row.way} /> },
            { title: t("insights.share"), align: "end", render: (_, row) => <>{percent(row.share)}<div><small>{t("insights.of", { part: row.numerator, all: row.denominator })}</small></div></> },
          ]}
        />
      </Wide>
      {it.maturing > 0 && <p style={{ marginBottom: 0 }}><small className="secondary">{t("insights.maturing", { count: it.maturing })}</small></p>}
    </Card>
  );
}

export function League({ it }: { it: Told }) {
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

/** How exits ended that were started on these days, and at which step the others failed first. */
export function Exits({ it }: { it: Told }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Card size="small" title={t("insights.exits")}>
      <Wide width={480}>
        <Table
          size="small"
          pagination={false}
          rowKey={({ reason, outcome, forced, failed_at }) => [reason, outcome, forced, failed_at].join()}
          dataSource={it.exits}
          columns={[
            { title: t("exit.reason"), render: (_, row) => word("reason", row.reason) },
            { title: t("insights.outcome"), render: (_, row) => [t(`insights.${row.outcome}`), row.forced && t("insights.forced")].filter(Boolean).join(" · ") },
            { title: t("insights.failed_at"), align: "end", render: (_, row) => row.failed_at ?? "–" },
            { title: t("insights.number"), dataIndex: "exits", align: "end" },
          ]}
        />
      </Wide>
    </Card>
  );
}
