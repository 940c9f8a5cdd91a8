import { Button, Flex, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Flags, Group } from "../../pieces/states";
import { useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";

export type Order = Schemas["OrderOut"];

/** What of an order stands in its row; a phone has room for what is urgent. */
export function useOrderColumns(show: (id: number) => void): TableColumnsType<Order> {
  const { t } = useTranslation();
  const forms = useShopForms();
  const supplierName = useSupplierNames();
  return [
    {
      title: t("orders.number"),
      render: (_, order) => (
        <Flex vertical align="start">
          <Button type="link" style={{ padding: 0, height: "auto" }} onClick={() => show(order.id)}>{order.channel_order_no}</Button>
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>{order.channel} · {forms.instant(order.placed_at)}</Typography.Text>
        </Flex>
      ),
    },
    {
      title: t("orders.state"),
      render: (_, order) => (
        <Flex vertical gap={4}>
          <Group group={order.group} />
          <Flags flags={order.flags} />
        </Flex>
      ),
    },
    {
      title: t("orders.goods"),
      responsive: ["md"],
      render: (_, order) => order.lines.map((line) => <div key={line.line_no}>{line.sku} × {line.quantity}</div>),
    },
    {
      title: t("orders.supplier"),
      responsive: ["md"],
      render: (_, order) => [...new Set(order.fulfilments.map((each) => each.supplier_id))].map((id) => (
        <div key={id ?? 0}>{id === null ? t("orders.local") : supplierName(id)}</div>
      )),
    },
    { title: t("orders.ship_by"), render: (_, order) => <TimeLeft order={order} /> },
    { title: t("orders.value"), responsive: ["md"], align: "end", render: (_, order) => forms.money(order.goods) },
  ];
}

function TimeLeft({ order }: { order: Order }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const left = order.time_left_seconds;
  if (left === null) return "–";
  if (left < 0) return <Typography.Text type="danger">{t("home.late_by", { span: forms.span(-left) })}</Typography.Text>;
  return <Typography.Text type={left < 86_400 ? "warning" : undefined}>{forms.span(left)}</Typography.Text>;
}
