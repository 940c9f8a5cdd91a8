import { Descriptions, Drawer, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Flags, Group } from "../../pieces/states";
import { Story } from "../../pieces/Story";
import { Waiting } from "../../pieces/Waiting";
import { useShop, useShopForms } from "../shops";
import { FulfilmentCard } from "./FulfilmentCard";
import { OrderActs } from "./OrderActs";
import type { Order } from "./columns";

const EVERY = 10_000;

/** One order from the side: what it is, what may be done, where its parcels are, and its whole story. */
export function OrderDrawer({ order_id, close }: { order_id: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={order_id !== undefined}
      onClose={close}
      size="min(720px, 100vw)"
      title={t("orders.one", { id: order_id ?? "" })}
      closable={{ "aria-label": t("list.close") }}
      destroyOnHidden
    >
      {order_id !== undefined && <Inside order_id={order_id} />}
    </Drawer>
  );
}

function Inside({ order_id }: { order_id: number }) {
  const { t } = useTranslation();
  const { id: shop_id, zone } = useShop();
  const path = { params: { path: { shop_id, order_id } } };
  const order = api.useQuery("get", "/v1/shops/{shop_id}/orders/{order_id}", path, { refetchInterval: EVERY });
  const story = api.useQuery("get", "/v1/shops/{shop_id}/orders/{order_id}/story", path, { refetchInterval: EVERY });
  if (order.isPending) return <Waiting />;
  if (order.error) return <Failure error={order.error} retry={() => void order.refetch()} />;
  return (
    <Flex vertical gap="large">
      <Facts order={order.data} />
      <OrderActs order={order.data} />
      {order.data.fulfilments.map((part) => <FulfilmentCard key={part.id} part={part} />)}
      <section>
        <Typography.Title level={2} style={{ fontSize: 16 }}>{t("orders.story")}</Typography.Title>
        {story.data && <Story moments={story.data.moments} ahead={story.data.ahead} zone={zone} />}
      </section>
    </Flex>
  );
}

function Facts({ order }: { order: Order }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const to = order.ship_to as Record<string, string | null> | null;
  const address = to && [to["name"], to["line1"], to["line2"], to["city"], to["region"], to["postcode"], to["country"]];
  const items = [
    { label: t("orders.number"), children: order.channel_order_no },
    { label: t("orders.state"), children: <Flex gap="small" wrap><Group group={order.group} /><Flags flags={order.flags} /></Flex> },
    { label: t("orders.placed"), children: forms.instant(order.placed_at) },
    { label: t("orders.ship_by"), children: forms.instant(order.ship_by) },
    { label: t("orders.value"), children: forms.money(order.goods) },
    { label: t("orders.freight"), children: forms.money(order.freight) },
    { label: t("orders.ship_to"), children: address ? address.filter(Boolean).join(", ") : t("orders.erased"), span: "filled" as const },
    ...(order.address.faults.length > 0 ? [{ label: t("orders.address"), children: order.address.faults.join(", "), span: "filled" as const }] : []),
  ];
  return <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />;
}
