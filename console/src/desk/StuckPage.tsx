import { Alert, Badge, Button, Card, Drawer, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Due } from "../pieces/Due";
import { Failure } from "../pieces/Failure";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { Story } from "../pieces/Story";
import { TabRow } from "../pieces/TabRow";
import { Waiting } from "../pieces/Waiting";
import { useWords } from "../texts/use";
import { useAddress } from "./address";
import { useShopNames } from "./shop_names";
import { useSupplierNames } from "./supplier_names";
import { useDeskForms, ZONE } from "./zone";

type Task = Schemas["TaskOut"];
const STATUS: Record<Task["urgency"], "error" | "warning" | "default"> = { overdue: "error", due_soon: "warning", later: "default" };

/** What needs somebody in any shop, the overdue first. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  const [said, say] = useAddress();
  const today = api.useInfiniteQuery("get", "/v1/today", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  const counts = today.data?.pages[0]?.counts ?? [];
  const kind = counts.some((each) => each.kind === said("kind")) ? said("kind") : undefined;
  const [shop_id, order_id] = (said("order") ?? "").split("-").map(Number);
  const tabs = counts.map((each) => ({ key: each.kind, label: `${word("task", each.kind)} ${each.overdue + each.due_soon + each.later}` }));
  const shown = kind && today.data ? { ...today, data: { pages: today.data.pages.map((page) => ({ ...page, items: page.items.filter((each) => each.kind === kind) })) } } : today;
  return (
    <Page title={t("menu.desk_orders")} hint={t("desk.stuck_hint")}>
      <Card size="small">
        <TabRow active={kind ?? ""} items={[{ key: "", label: t("desk.all") }, ...tabs]} onChange={(key) => say({ kind: key })} />
        <CursorTable
          query={shown}
          rowKey={(row) => `${row.kind}-${row.shop_id}-${row.fulfilment_id ?? row.order_id ?? row.supplier_id}-${row.since}`}
          empty={t("desk.no_stuck")}
          width={760}
          columns={[
            { title: t("desk.what"), render: (_, row) => <Badge status={STATUS[row.urgency]} text={word("task", row.kind)} /> },
            {
              title: t("home.shop"),
              render: (_, row) => (
                <Flex vertical align="start">
                  {row.shop_id !== null && <span>{shopName(row.shop_id)}</span>}
                  {row.order_id !== null && <Button type="link" style={{ padding: 0, height: "auto" }} onClick={() => say({ order: `${row.shop_id}-${row.order_id}` })}>{t("home.order", { id: row.order_id })}</Button>}
                </Flex>
              ),
            },
            { title: t("desk.supplier"), render: (_, row) => supplierName(row.supplier_id) },
            { title: t("desk.since"), render: (_, row) => forms.instant(row.since) },
            { title: t("home.due"), render: (_, row) => <Due at={row.due_at} forms={forms} /> },
          ]}
        />
      </Card>
      <Drawer open={Boolean(shop_id && order_id)} onClose={() => say({ order: undefined })} size="min(640px, 100vw)" title={order_id ? `${shopName(shop_id ?? 0)} · ${t("home.order", { id: order_id })}` : ""} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
        {shop_id && order_id ? <OrderStory shop_id={shop_id} order_id={order_id} /> : null}
      </Drawer>
    </Page>
  );
}

/** That an operator looks inside a shop is recorded there: this asks once, and not again by itself. */
function OrderStory({ shop_id, order_id }: { shop_id: number; order_id: number }) {
  const { t } = useTranslation();
  const story = api.useQuery("get", "/v1/shops/{shop_id}/orders/{order_id}/story", { params: { path: { shop_id, order_id } } }, { staleTime: Infinity, refetchOnWindowFocus: false });
  if (story.error) return <Failure error={story.error} retry={() => void story.refetch()} />;
  if (!story.data) return <Waiting />;
  return (
    <Flex vertical gap="large">
      <Alert type="info" showIcon title={t("desk.entry_recorded")} />
      <Story moments={story.data.moments} ahead={story.data.ahead} zone={ZONE} />
    </Flex>
  );
}
