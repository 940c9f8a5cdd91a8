import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useMay, useShop } from "../shops";

interface Props {
  move: { id: number; exit_id: number | null };
}

/** Takes a running move back; of an exit it was part of, only the move. */
export function Cancel({ move }: Props) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const { modal } = App.useApp();
  const cancel = api.useMutation("post", "/v1/shops/{shop_id}/moves/{move_id}/cancel", useTold(t("move.cancelled")));
  if (!may("exits.write")) return null;
  const ask = async () => {
    const content = t(move.exit_id === null ? "move.cancel_means" : "move.cancel_in_exit");
    const sure = await modal.confirm({ title: t("move.cancel_sure"), content, okText: t("move.cancel"), okButtonProps: { danger: true } });
    if (sure) cancel.mutate({ params: { path: { shop_id: shop.id, move_id: move.id } } });
  };
  return <Button size="small" danger loading={cancel.isPending} onClick={() => void ask()}>{t("move.cancel")}</Button>;
}
