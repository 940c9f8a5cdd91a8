import { Button, Flex, InputNumber, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useShop } from "../shops";

/** How many units of a product lie in the shop's own warehouse: what waits for the count moves with it. Source: MOVE-1. */
export function CountLocal({ sku }: { sku: string }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [open, setOpen] = useState(false);
  const [counted, setCounted] = useState<number | null>(null);
  const count = api.useMutation("put", "/v1/shops/{shop_id}/stock/{sku}", useTold(t("move.counted"), () => setOpen(false)));
  const send = () => counted !== null && count.mutate({ params: { path: { shop_id: shop.id, sku } }, body: { location: "local", counted } });
  const form = (
    <Flex gap="small">
      <InputNumber aria-label={t("move.units")} placeholder={t("move.units")} min={0} precision={0} value={counted} onChange={setCounted} onPressEnter={send} />
      <Button type="primary" disabled={counted === null} loading={count.isPending} onClick={send}>{t("move.count_in")}</Button>
    </Flex>
  );
  return (
    <Popover open={open} onOpenChange={setOpen} trigger="click" title={t("move.count_of", { sku })} content={form} destroyOnHidden>
      <Button size="small" autoInsertSpace={false} aria-label={t("move.count_of", { sku })}>{t("move.count_open")}</Button>
    </Popover>
  );
}
