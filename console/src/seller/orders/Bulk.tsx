import { App, Button, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { useShop } from "../shops";
import { REMEDIES, remediable, type Remedy } from "./remedies";
import type { Order } from "./columns";

interface Props {
  orders: readonly Order[];
  done: () => void;
}

/** One remedy for all that were chosen; each is answered for itself. */
export function Bulk({ orders, done }: Props) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const say = useSay();
  const tell = useTellActs();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const acts = api.useMutation("post", "/v1/shops/{shop_id}/fulfilments/bulk", { onError: say.failed });
  const parts = orders.flatMap((order) => order.fulfilments.filter(remediable).map(({ id }) => id));
  if (orders.length === 0) return null;
  const act = async (action: Remedy) => {
    if (action !== "remind" && !(await modal.confirm({ title: t("orders.sure", { action: word("remedy", action), count: parts.length }) }))) return;
    const answer = await acts.mutateAsync({ params: { path: { shop_id: shop.id } }, body: parts.map((id) => ({ id, action })) });
    await tell(answer);
    await queries.invalidateQueries();
    done();
  };
  return (
    <Flex gap="small" wrap align="center" role="toolbar" aria-label={t("orders.bulk")}>
      <Typography.Text strong>{t("orders.chosen", { count: orders.length })}</Typography.Text>
      {REMEDIES.map((action) => (
        <Button key={action} danger={action === "cancel"} disabled={parts.length === 0} loading={acts.isPending} onClick={() => void act(action)}>
          {word("remedy", action)}
        </Button>
      ))}
      <Button type="text" onClick={done}>{t("orders.unchoose")}</Button>
    </Flex>
  );
}
