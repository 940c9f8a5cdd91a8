import { Alert, Card, Col, Flex, Row, Select, Statistic, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { Book } from "./Book";

type Charge = Schemas["ChargeOut"];
type Funds = Schemas["FundsOut"];
const KINDS = ["handling", "warehouse", "freight", "goods"] as const;
const STATES = ["provisional", "due", "disputed", "settled", "waived", "reversed"] as const;

export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const funds = api.useQuery("get", "/v1/shops/{shop_id}/funds", { params: { path: { shop_id: shop.id } } }, { refetchInterval: 15_000 });
  return (
    <Page
      title={t("menu.funds")}
      hint={shop.name}
      actions={
        may("funds.write") && (
          <>
            <Book kind="deposits" />
            <Book kind="withdrawals" />
          </>
        )
      }
    >
      {funds.error && <Failure error={funds.error} retry={() => void funds.refetch()} />}
      {funds.data && <Balance funds={funds.data} />}
      <Charges />
    </Page>
  );
}

function Balance({ funds }: { funds: Funds }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const figures = ["available", "held", "withdrawable", "spent"] as const;
  const held = funds.holds.some(({ lifted_at }) => lifted_at === null);
  return (
    <Flex vertical gap="middle">
      {held && (
        <Alert
          type="warning"
          showIcon
          title={t("funds.frozen")}
          description={funds.exposure.map((each) => `${t(`funds.exposed_${each.kind}`, { count: each.parts })}: ${forms.money(each.amount)}`).join(" · ")}
        />
      )}
      <Row gutter={[12, 12]}>
        {figures.map((figure) => (
          <Col xs={12} lg={6} key={figure}>
            <Card size="small"><Statistic title={t(`funds.${figure}`)} value={forms.money(funds[figure])} /></Card>
          </Col>
        ))}
      </Row>
    </Flex>
  );
}

/** JIT服务费: each charge, and of one that is not settled, why not. Source: FEE-5. */
function Charges() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const [search, setSearch] = useSearchParams();
  const kind = KINDS.find((each) => each === search.get("kind"));
  const state = STATES.find((each) => each === search.get("state"));
  const charges = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/charges",
    { params: { path: { shop_id: shop.id }, query: { kind, state } } },
    { ...BY_CURSOR, refetchInterval: 15_000 },
  );
  const narrow = (key: string, value: string | undefined) =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (value) after.set(key, value);
      else after.delete(key);
      return after;
    }, { replace: true });
  const select = (key: string, label: string, value: string | undefined, options: readonly string[], list: "charge" | "charge_state") => (
    <Select
      allowClear
      aria-label={label}
      placeholder={label}
      value={value}
      options={options.map((each) => ({ value: each, label: word(list, each) }))}
      onChange={(chosen?: string) => narrow(key, chosen)}
      style={{ width: 150 }}
    />
  );
  return (
    <Card size="small" title={t("funds.charges")}>
      <Flex vertical gap="middle">
        <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
          {select("kind", t("funds.kind"), kind, KINDS, "charge")}
          {select("state", t("orders.state"), state, STATES, "charge_state")}
        </Flex>
        <CursorTable query={charges} columns={useColumns()} rowKey={({ id }) => id} empty={t("funds.none")} width={760} />
      </Flex>
    </Card>
  );
}

function useColumns(): TableColumnsType<Charge> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  return [
    { title: t("funds.kind"), render: (_, row) => word("charge", row.kind) },
    { title: t("funds.order"), render: (_, row) => <Link to={`/seller/${shop.id}/orders?order=${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link> },
    { title: t("funds.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
    { title: t("orders.state"), render: (_, row) => word("charge_state", row.state) },
    {
      title: t("funds.reason"),
      render: (_, row) => row.reason && <>{word("unsettled", row.reason)}{row.next_at && <div><small>{forms.instant(row.next_at)}</small></div>}</>,
    },
    { title: t("funds.due"), render: (_, row) => forms.instant(row.due_at) },
    { title: t("funds.settled"), render: (_, row) => forms.instant(row.settled_at) },
  ];
}
