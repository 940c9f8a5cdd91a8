import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useMay, useShop, useShopForms } from "../shops";
import type { Order } from "./columns";

/** What may be done with the order as a whole: hold it, let it go on, ask that it be cancelled. */
export function OrderActs({ order }: { order: Order }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const queries = useQueryClient();
  const told = { onError: say.failed, onSuccess: () => queries.invalidateQueries() };
  const hold = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/hold", told);
  const release = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/release", told);
  const cancel = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/cancel", told);
  const params = { path: { shop_id: shop.id, order_id: order.id } };
  const held = order.hold !== null && order.hold.released_at === null;
  if (order.group !== "awaiting_shipment" || !may("orders.write")) return null;
  return (
    <Flex vertical gap="small">
      {held && <Alert type="warning" showIcon title={t("orders.held_since", { at: forms.instant(order.hold?.at) })} />}
      <Flex gap="small" wrap>
        {held ? (
          <Button onClick={() => release.mutate({ params })} loading={release.isPending}>{t("orders.release")}</Button>
        ) : (
          <Button onClick={() => hold.mutate({ params, body: { reason: "buyer_wish" } })} loading={hold.isPending}>{t("orders.hold")}</Button>
        )}
        <Popconfirm title={t("orders.cancel_sure")} onConfirm={() => cancel.mutate({ params, body: { by: "seller", force: false } })}>
          <Button danger loading={cancel.isPending}>{t("orders.cancel")}</Button>
        </Popconfirm>
      </Flex>
    </Flex>
  );
}
