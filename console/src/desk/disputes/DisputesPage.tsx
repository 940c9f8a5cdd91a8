import { Badge, Button, Card } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Due } from "../../pieces/Due";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { TabRow } from "../../pieces/TabRow";
import { useWords } from "../../texts/use";
import { useAddress } from "../address";
import { useShopNames } from "../shop_names";
import { useSupplierNames } from "../supplier_names";
import { useDeskForms } from "../zone";
import { CaseDrawer } from "./CaseDrawer";

const QUEUES = { jit: { queue: "jit" }, breached: { breached: true }, all: {} } as const;
type Queue = keyof typeof QUEUES;

/** Disputes as they are to be decided: the JIT lane by its clock. Source: DISP-4. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  const [said, say] = useAddress();
  const queue: Queue = said("queue") === "all" ? "all" : said("queue") === "breached" ? "breached" : "jit";
  const disputes = api.useInfiniteQuery("get", "/v1/disputes", { params: { query: QUEUES[queue] } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  const labels: Record<Queue, string> = { jit: t("desk.queue_jit"), breached: t("desk.queue_breached"), all: t("desk.all") };
  return (
    <Page title={t("menu.desk_disputes")} hint={t("desk.disputes_hint")}>
      <Card size="small">
        <TabRow active={queue} items={Object.entries(labels).map(([key, label]) => ({ key, label }))} onChange={(key) => say({ queue: key, dispute: undefined })} />
        <CursorTable
          query={disputes}
          rowKey={({ id }) => id}
          empty={t("desk.no_disputes")}
          width={880}
          columns={[
            { title: t("desk.number"), render: (_, row) => <Button type="link" style={{ padding: 0 }} onClick={() => say({ dispute: String(row.id) })}>{t("desk.dispute", { id: row.id })}</Button> },
            { title: t("home.shop"), render: (_, row) => <>{shopName(row.shop_id)}<br />{t("home.order", { id: row.order_id })}</> },
            { title: t("desk.cause"), render: (_, row) => word("fault", row.cause) },
            { title: t("desk.claim"), align: "end", render: (_, row) => forms.money(row.claim) },
            { title: t("desk.liable"), render: (_, row) => (row.payer ? word("payer", row.payer) : supplierName(row.supplier_id)) },
            { title: t("orders.state"), render: (_, row) => <Badge status={row.state === "evidence" ? "processing" : "default"} text={word("dispute_state", row.state)} /> },
            { title: t("desk.handle_by"), render: (_, row) => (row.state === "opened" || row.state === "evidence" ? <Due at={row.handle_by} forms={forms} /> : "–") },
          ]}
        />
      </Card>
      <CaseDrawer dispute_id={Number(said("dispute")) || undefined} close={() => say({ dispute: undefined })} />
    </Page>
  );
}
