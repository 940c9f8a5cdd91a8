import { Card, Empty, Flex, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useWord } from "../../pieces/address";
import { Failure } from "../../pieces/Failure";
import { usePolicyInForce } from "../../pieces/policy";
import { Waiting } from "../../pieces/Waiting";
import { Wide } from "../../pieces/Wide";
import { ofBoth } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

type Told = Schemas["WhatIfOut"];
type Estimate = Schemas["EstimateOut"];
const DAYS = [7, 30, 60, 90] as const;

/** The shop's last orders replayed under four ways of shipping, side by side, and what that rests on. */
export function WhatIf() {
  const { t } = useTranslation();
  const shop = useShop();
  const [chosen, choose] = useWord("days");
  const days = chosen ? Number(chosen) : 30;
  const found = api.useQuery("get", "/v1/shops/{shop_id}/what_if", { params: { path: { shop_id: shop.id }, query: { days } } }, { staleTime: 300_000 });
  return (
    <Flex vertical gap="middle">
      <Select
        aria-label={t("plan.replayed")}
        style={{ width: 170 }}
        value={days}
        options={DAYS.map((value) => ({ value, label: t("plan.last_days", { count: value }) }))}
        onChange={(value) => choose(String(value))}
      />
      {found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data?.orders === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("plan.nothing_to_replay")} />}
      {!!found.data?.orders && <Ways it={found.data} />}
      {!!found.data?.orders && <Spreads it={found.data} />}
    </Flex>
  );
}

function Ways({ it }: { it: Told }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const count = (each: Estimate) => <Between value={forms.number(each.value)} low={forms.number(each.low)} high={forms.number(each.high)} />;
  return (
    <Card size="small" title={t("plan.ways")}>
      <p className="secondary" style={{ marginTop: 0 }}>
        {t("plan.ways_hint", { count: it.orders, repeats: it.repeats })} {t("plan.short_share", { share: percent(it.short_share) })}
      </p>
      <Wide width={800}>
        <Table
          size="small"
          pagination={false}
          rowKey="way"
          dataSource={it.ways}
          columns={[
            { title: t("plan.way"), render: (_, row) => <strong>{t(`plan.way_${row.way}`)}</strong> },
            { title: t("plan.shipped"), align: "end", render: (_, row) => count(row.shipped) },
            { title: t("plan.stock_outs"), align: "end", render: (_, row) => count(row.stock_outs) },
            { title: t("plan.unserved"), align: "end", dataIndex: "unserved" },
            { title: t("plan.to_ship"), align: "end", render: (_, row) => <Days span={row.days_to_ship} /> },
            { title: t("plan.to_deliver"), align: "end", render: (_, row) => <Days span={row.days_to_deliver} /> },
            { title: t("plan.kept"), align: "end", render: (_, row) => (row.promise_kept ? share(row.promise_kept) : "–") },
            { title: t("plan.cost"), align: "end", render: (_, row) => (row.cost ? <Between value={forms.money(row.cost.value)} low={forms.money(row.cost.low)} high={forms.money(row.cost.high)} /> : "–") },
          ]}
        />
      </Wide>
    </Card>
  );
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

const share = (each: Estimate) => <Between value={percent(each.value)} low={percent(each.low)} high={percent(each.high)} />;

/** The mean with its interval, and within how many days half and nine in ten were done. */
function Days({ span }: { span: Schemas["SpanOut"] | null }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  if (span === null) return "–";
  const tenths = (days: number) => forms.number(Math.round(days * 10) / 10);
  return (
    <>
      <Between value={tenths(span.mean.value)} low={tenths(span.mean.low)} high={tenths(span.mean.high)} />
      <div><small>{t("plan.percentiles", { half: tenths(span.p50.value), most: tenths(span.p90.value) })}</small></div>
    </>
  );
}

function Between({ value, low, high }: { value: string; low: string; high: string }) {
  return <>{value}{low !== high && <div><small>{low} – {high}</small></div>}</>;
}

function Spreads({ it }: { it: Told }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const policy = usePolicyInForce();
  const party = ({ what, by }: Told["spreads"][number]) =>
    what === "ship" ? t(by === "supplier" ? "plan.by_supplier" : "plan.by_shop") : ofBoth(policy?.lines.find(({ code }) => code === by)?.names ?? { en: by });
  return (
    <Card size="small" title={t("plan.spreads")}>
      <Wide width={300}>
        <Table
          size="small"
          pagination={false}
          rowKey={(row) => [row.what, row.by, row.country].join()}
          dataSource={it.spreads}
          columns={[
            { title: t("plan.spread_of"), render: (_, row) => [t(`plan.spread_${row.what}`), party(row), row.country].filter(Boolean).join(" · ") },
            { title: t("plan.mean_days"), align: "end", render: (_, row) => forms.number(Math.round(row.mean_days * 10) / 10) },
            { title: t("plan.taken_from"), render: (_, row) => t(`plan.from_${row.basis}`, { count: row.sample }) },
          ]}
        />
      </Wide>
    </Card>
  );
}
