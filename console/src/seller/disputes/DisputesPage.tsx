import { Badge, Button, Card, Flex, Select, Tag, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { Due } from "../../pieces/Due";
import { useWord } from "../../pieces/address";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { DisputeDrawer } from "./DisputeDrawer";
import { OpenDispute } from "./OpenDispute";

type Dispute = Schemas["DisputeOut"];
const STATES = ["opened", "evidence", "decided", "paid", "closed", "withdrawn"] as const;
export const STATUS = { opened: "warning", evidence: "processing", decided: "processing", paid: "success", closed: "default", withdrawn: "default" } as const;
const EVERY = 15_000;

/** 纠纷中心: the shop's disputes, those of JIT orders in a channel of their own. Source: DISP-1..7. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const [tab, setTab] = useWord("tab");
  const [asked, setAsked] = useWord("state");
  const [open, setOpen] = useWord("dispute");
  const [, setSearch] = useSearchParams();
  const state = STATES.find((each) => each === asked);
  const jit = tab === "all" ? undefined : true;
  const disputes = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/disputes",
    { params: { path: { shop_id: shop.id }, query: { state, jit } } },
    { ...BY_CURSOR, refetchInterval: EVERY },
  );
  const tabs = [{ key: "jit", label: t("disputes.jit") }, { key: "all", label: t("disputes.all") }];
  return (
    <Page title={t("menu.disputes")} hint={t("disputes.hint")} actions={may("disputes.write") && <OpenDispute opened={(id) => setSearch({ dispute: String(id) })} />}>
      <Card size="small">
        <TabRow active={tab === "all" ? "all" : "jit"} items={tabs} onChange={setTab} />
        <Flex vertical gap="middle">
          <Flex role="search" aria-label={t("orders.filters")}>
            <Select
              allowClear
              aria-label={t("orders.state")}
              placeholder={t("orders.state")}
              value={state}
              options={STATES.map((value) => ({ value, label: word("dispute_state", value) }))}
              onChange={(value?: string) => setAsked(value)}
              style={{ width: 150 }}
            />
          </Flex>
          <CursorTable query={disputes} columns={useColumns((id) => setOpen(String(id)))} rowKey={({ id }) => id} empty={t("disputes.none")} width={860} />
        </Flex>
      </Card>
      <DisputeDrawer dispute_id={Number(open) || undefined} close={() => setOpen(undefined)} />
    </Page>
  );
}

function useColumns(show: (id: number) => void): TableColumnsType<Dispute> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  return [
    { title: t("disputes.number"), render: (_, row) => <Button type="link" style={{ paddingInline: 0 }} onClick={() => show(row.id)}>{t("disputes.one", { id: row.id })}</Button> },
    {
      title: t("disputes.order"),
      render: (_, row) => (
        <Flex gap="small" align="center">
          <Link to={`/seller/${shop.id}/orders?order=${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link>
          {row.jit && <Tag>JIT</Tag>}
        </Flex>
      ),
    },
    { title: t("disputes.cause"), render: (_, row) => word("fault", row.cause) },
    { title: t("disputes.claim"), align: "end", render: (_, row) => forms.money(row.claim) },
    { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("dispute_state", row.state)} /> },
    {
      title: t("disputes.clock"),
      render: (_, row) => {
        if (row.state !== "opened" && row.state !== "evidence") return "–";
        return row.handle_by ? <Due at={row.handle_by} forms={forms} /> : <small>{t("disputes.clock_waits")}</small>;
      },
    },
    {
      title: t("disputes.verdict"),
      render: (_, row) =>
        row.outcome ? (
          <>
            {word("outcome", row.outcome)}
            {row.awarded && <div><small>{forms.money(row.awarded)}{row.payer && ` · ${word("payer", row.payer)}`}</small></div>}
          </>
        ) : (
          "–"
        ),
    },
  ];
}
