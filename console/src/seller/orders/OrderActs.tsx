import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useMay, useShop, useShopForms } from "../shops";
import { CorrectAddress } from "./CorrectAddress";
import type { Order } from "./columns";

/** What may be done with the order as a whole: hold it, let it go on, correct its address, cancel it, open a dispute about it. */
export function OrderActs({ order }: { order: Order }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const told = { onError: say.failed, onSuccess: () => queries.invalidateQueries() };
  const hold = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/hold", told);
  const release = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/release", told);
  const cancel = api.useMutation("post", "/v1/shops/{shop_id}/orders/{order_id}/cancel", told);
  const params = { path: { shop_id: shop.id, order_id: order.id } };
  const held = order.hold !== null && order.hold.released_at === null;
  const before = order.group === "awaiting_shipment" && may("orders.write");
  const labelled = order.fulfilments.some(({ parcels }) => parcels.some(({ voided_at }) => !voided_at));
  return (
    <Flex vertical gap="small">
      {held && <Alert type="warning" showIcon title={t("orders.held_since", { at: forms.instant(order.hold?.at) })} />}
      <Flex gap="small" wrap>
        {before && (
          <>
            {held ? (
              <Button onClick={() => release.mutate({ params })} loading={release.isPending}>{t("orders.release")}</Button>
            ) : (
              <Button onClick={() => hold.mutate({ params, body: { reason: "buyer_wish" } })} loading={hold.isPending}>{t("orders.hold")}</Button>
            )}
            {!labelled && <CorrectAddress order={order} />}
            <Popconfirm title={t("orders.cancel_sure")} onConfirm={() => cancel.mutate({ params, body: { by: "seller", force: false } })}>
              <Button danger loading={cancel.isPending}>{t("orders.cancel")}</Button>
            </Popconfirm>
          </>
        )}
        {may("disputes.write") && <Button onClick={() => void navigate(`/seller/${shop.id}/disputes?about=${order.id}`)}>{t("ship_to.to_dispute")}</Button>}
      </Flex>
    </Flex>
  );
}
