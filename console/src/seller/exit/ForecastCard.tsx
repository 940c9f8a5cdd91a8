import { Alert, Card, Descriptions, Flex, Table, Typography } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";
import { Wide } from "../../pieces/Wide";

type Part = Schemas["ForecastPart"];
const ForecastChart = lazy(() => import("./ForecastChart"));

interface Props {
  forecast: Schemas["ForecastOut"] | null;
  unsold: readonly Schemas["UnsoldOut"][];
}

/** By when it can be done, with the parts that this is made of, and which products nobody could ship. */
export function ForecastCard({ forecast, unsold }: Props) {
  const { t } = useTranslation();
  const forms = useShopForms();
  return (
    <Card size="small" title={t("exit.forecast")}>
      <Flex vertical gap="middle">
        {forecast && (
          <>
            <Descriptions
              size="small"
              column={{ xs: 1, sm: 2 }}
              items={[
                { label: t("exit.p50"), children: <strong>{forms.instant(forecast.p50)}</strong> },
                { label: t("exit.p90"), children: <strong>{forms.instant(forecast.p90)}</strong> },
              ]}
            />
            <Parts parts={forecast.parts} />
          </>
        )}
        {unsold.length > 0 && <Unsold rows={unsold} />}
      </Flex>
    </Card>
  );
}

function Parts({ parts }: { parts: readonly Part[] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const nameOf = (part: Part) => [word("part", part.what), part.stage && word("part", part.stage), part.line, part.country].filter(Boolean).join(" · ");
  return (
    <>
      {parts.length > 0 && <Suspense fallback={null}><ForecastChart parts={parts} nameOf={nameOf} /></Suspense>}
      <Wide width={480}>
        <Table
          size="small"
          pagination={false}
          rowKey={nameOf}
          dataSource={parts}
          columns={[
            { title: t("exit.part"), render: (_, part) => nameOf(part) },
            { title: t("exit.count"), dataIndex: "count", align: "end" },
            { title: t("exit.p50"), render: (_, part) => forms.instant(part.p50) },
            { title: t("exit.p90"), render: (_, part) => forms.instant(part.p90) },
            { title: t("exit.basis"), render: (_, part) => (part.sample > 0 ? t("exit.drawn_from", { basis: word("basis", part.basis), count: part.sample }) : word("basis", part.basis)) },
          ]}
        />
      </Wide>
    </>
  );
}

function Unsold({ rows }: { rows: readonly Schemas["UnsoldOut"][] }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const forms = useShopForms();
  const refused = rows.filter(({ chosen }) => chosen === null).length;
  return (
    <Alert
      type={refused > 0 ? "warning" : "info"}
      showIcon
      title={refused > 0 ? t("exit.unsold", { count: refused }) : t("move.choices")}
      description={
        <>
          <ul style={{ marginBlock: 4, paddingInlineStart: 20 }}>
            {rows.slice(0, 10).map((row) => (
              <li key={row.sku}>
                <Typography.Text code>{row.sku}</Typography.Text> {row.title} · {t("exit.orders_a_day", { number: forms.number(row.orders_a_day) })}
                {row.chosen && <> · <strong>{word("choice", row.chosen)}</strong></>}
              </li>
            ))}
          </ul>
          <Link to={`/seller/${shop.id}/products`}>{t("exit.count_first")}</Link>
        </>
      }
    />
  );
}
