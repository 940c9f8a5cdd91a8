import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Flex, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { useShop } from "../shops";

type Edit = Schemas["EditOut"];

/** 批量编辑: the shipping mode of all that were chosen, by the guide's own field 启用JIT. What would be is told first. */
export function BatchEdit({ skus, done }: { skus: readonly string[]; done: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const [jit, setJit] = useState(false);
  const [refused, setRefused] = useState<readonly Edit[]>([]);
  const edit = api.useMutation("post", "/v1/shops/{shop_id}/products/batch_edit", { onError: say.failed });
  const path = { shop_id: shop.id };
  const body = { skus: [...skus], set: { mode: jit ? ("jit" as const) : ("standard" as const) } };
  const save = async () => {
    const would = await edit.mutateAsync({ params: { path, query: { dry_run: true } }, body });
    const count = would.results.filter(({ status }) => status === "changed").length;
    const sure = await modal.confirm({
      title: t("products.edit_sure", { count, mode: word("mode", body.set.mode) }),
      content: jit ? undefined : t("products.unticking_means"),
    });
    if (!sure) return;
    const { results } = await edit.mutateAsync({ params: { path, query: {} }, body });
    setRefused(results.filter(({ status }) => status === "refused"));
    say.done(t("products.edited", { count: results.filter(({ status }) => status === "changed").length }));
    await queries.invalidateQueries();
    done();
  };
  return (
    <Flex vertical gap="small">
      <Flex gap="small" wrap align="center" role="toolbar" aria-label={t("products.batch_edit")}>
        <Typography.Text strong>{t("products.batch_edit")}</Typography.Text>
        <Typography.Text type="secondary">{t("products.chosen", { count: skus.length })}</Typography.Text>
        <Checkbox checked={jit} onChange={(event) => setJit(event.target.checked)}>{t("products.enable_jit")}</Checkbox>
        <Button type="primary" disabled={skus.length === 0} loading={edit.isPending} onClick={() => void save()}>{t("products.save")}</Button>
      </Flex>
      {refused.length > 0 && (
        <Alert
          type="error"
          closable
          title={t("products.refused", { count: refused.length })}
          description={<ul>{refused.map(({ sku, code }) => <li key={sku}>{sku}: {code}</li>)}</ul>}
        />
      )}
    </Flex>
  );
}
