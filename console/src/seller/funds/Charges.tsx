import { Button, Flex, Select, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { useWord } from "../../pieces/address";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { ChargeDrawer } from "./ChargeDrawer";
import { SettleAll } from "./SettleAll";

export type Charge = Schemas["ChargeOut"];
const KINDS = ["handling", "warehouse", "freight", "goods", "penalty"] as const;
const STATES = ["provisional", "due", "disputed", "settled", "waived", "reversed"] as const;

/** JIT服务费: each charge, and of one that is not settled, why not. Source: FEE-5. */
export function Charges() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const [asked, setKind] = useWord("kind");
  const [stated, setState] = useWord("state");
  const [open, setOpen] = useWord("charge");
  const kind = KINDS.find((each) => each === asked);
  const state = STATES.find((each) => each === stated);
  const charges = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/charges",
    { params: { path: { shop_id: shop.id }, query: { kind, state } } },
    { ...BY_CURSOR, refetchInterval: 15_000 },
  );
  return (
    <Flex vertical gap="middle">
      <Flex gap="small" wrap justify="space-between">
        <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
          <Choice label={t("funds.kind")} value={kind} options={KINDS.map((value) => ({ value, label: word("entry", value) }))} choose={setKind} />
          <Choice label={t("orders.state")} value={state} options={STATES.map((value) => ({ value, label: word("charge_state", value) }))} choose={setState} />
        </Flex>
        {may("charges.write") && <SettleAll />}
      </Flex>
      <CursorTable query={charges} columns={useColumns((id) => setOpen(String(id)))} rowKey={({ id }) => id} empty={t("funds.none")} width={820} />
      <ChargeDrawer charge={itemsOf(charges.data).find(({ id }) => String(id) === open)} close={() => setOpen(undefined)} />
    </Flex>
  );
}

function useColumns(show: (id: number) => void): TableColumnsType<Charge> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  return [
    { title: t("funds.kind"), render: (_, row) => word("entry", row.kind) },
    { title: t("funds.order"), render: (_, row) => row.order_id && <Link to={`/seller/${shop.id}/orders?order=${row.order_id}`}>{t("home.order", { id: row.order_id })}</Link> },
    { title: t("funds.amount"), align: "end", render: (_, row) => forms.money(row.amount) },
    { title: t("orders.state"), render: (_, row) => word("charge_state", row.state) },
    { title: t("funds.reason"), render: (_, row) => row.reason && <>{word("unsettled", row.reason)}{row.next_at && <div><small>{forms.instant(row.next_at)}</small></div>}</> },
    { title: t("funds.due"), render: (_, row) => forms.instant(row.due_at) },
    { title: t("funds.settled"), render: (_, row) => forms.instant(row.settled_at) },
    { title: t("suppliers.acts"), render: (_, row) => <Button autoInsertSpace={false} size="small" aria-label={`${t("bills.why")}: ${t("bills.one", { id: row.id })}`} onClick={() => show(row.id)}>{t("bills.why")}</Button> },
  ];
}

interface Choosing {
  label: string;
  value: string | undefined;
  options: { value: string; label: string }[];
  choose: (value?: string) => void;
}

function Choice({ label, value, options, choose }: Choosing) {
  return <Select allowClear aria-label={label} placeholder={label} value={value} options={options} onChange={choose} style={{ width: 150 }} />;
}
