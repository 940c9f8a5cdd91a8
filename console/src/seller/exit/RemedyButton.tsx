import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import type { Remedy } from "../orders/remedies";
import { useShop } from "../shops";

/** One remedy of one fulfilment, at once. Source: MODE-4. */
export function RemedyButton({ fulfilment_id, action }: { fulfilment_id: number; action: Remedy }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const remedy = api.useMutation("post", "/v1/shops/{shop_id}/fulfilments/{fulfilment_id}/remedy", useTold(t("orders.remedied", { action: word("remedy", action) })));
  return (
    <Button autoInsertSpace={false} size="small" loading={remedy.isPending} onClick={() => remedy.mutate({ params: { path: { shop_id: shop.id, fulfilment_id } }, body: { action } })}>
      {word("remedy", action)}
    </Button>
  );
}
