import { Badge, Button, Card, Flex, Segmented, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";
import { CaseDrawer } from "./CaseDrawer";

type Dispute = Schemas["DisputeOut"];
const STATES = ["opened", "evidence", "decided", "paid", "closed", "withdrawn"] as const;
export const STATUS = { opened: "error", evidence: "warning", decided: "processing", paid: "success", closed: "default", withdrawn: "default" } as const;

/** Disputes that name this supplier, also of shops that it serves no more. Source: DISP-7. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const [search, setSearch] = useSearchParams();
  const state = STATES.find((each) => each === search.get("state"));
  const disputes = api.useInfiniteQuery("get", "/v1/disputes", { params: { query: { state } } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  const set = (key: string, value: string | undefined) => {
    const after = new URLSearchParams(search);
    if (value) after.set(key, value);
    else after.delete(key);
    setSearch(after, { replace: true });
  };
  return (
    <Page title={t("portal.menu.disputes")} hint={t("portal.disputes.hint")}>
      <Card size="small">
        <Flex vertical gap="middle">
          <div className="wide">
            <Segmented
              aria-label={t("orders.state")}
              value={state ?? ""}
              options={[{ value: "", label: t("portal.all") }, ...STATES.map((value) => ({ value: value as string, label: word("dispute_state", value) }))]}
              onChange={(value) => set("state", value)}
            />
          </div>
          <CursorTable query={disputes} columns={useColumns((id) => set("dispute", String(id)))} rowKey={({ id }) => id} empty={t("portal.disputes.none")} width={320} />
        </Flex>
      </Card>
      <CaseDrawer dispute_id={Number(search.get("dispute")) || undefined} close={() => set("dispute", undefined)} />
    </Page>
  );
}

function useColumns(open: (id: number) => void): TableColumnsType<Dispute> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return [
    { title: t("portal.disputes.one"), render: (_, row) => <Button type="link" onClick={() => open(row.id)} style={{ padding: 0 }}>#{row.id}</Button> },
    { title: t("portal.disputes.shop"), responsive: ["md"], render: (_, row) => shopName(row.shop_id) },
    { title: t("portal.disputes.cause"), render: (_, row) => word("fault", row.cause) },
    { title: t("portal.disputes.claim"), responsive: ["md"], align: "end", render: (_, row) => forms.money(row.claim) },
    { title: t("orders.state"), render: (_, row) => <Badge status={STATUS[row.state]} text={word("dispute_state", row.state)} /> },
    { title: t("home.due"), render: (_, row) => (row.state === "opened" || row.state === "evidence" ? <Due at={row.due_at} forms={forms} /> : "–") },
  ];
}
