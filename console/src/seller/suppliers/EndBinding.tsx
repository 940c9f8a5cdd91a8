import { useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useShop } from "../shops";

/** 解除绑定: draws up the letter that ends the binding; nothing ends before it is signed. */
export function EndBinding({ binding_id }: { binding_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const end = api.useMutation("post", "/v1/shops/{shop_id}/bindings/{binding_id}/end", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Popconfirm title={t("suppliers.end_sure")} onConfirm={() => end.mutate({ params: { path: { shop_id: shop.id, binding_id } } })}>
      <Button size="small" loading={end.isPending}>{t("suppliers.end")}</Button>
    </Popconfirm>
  );
}
