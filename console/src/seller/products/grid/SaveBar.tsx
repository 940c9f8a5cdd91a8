import { Alert, App, Button, Flex, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { useSay } from "../../../pieces/say";
import { useTitles } from "../../../pieces/titles";
import { useShop } from "../../shops";
import { rowOf, type Drafts, type Product } from "./cells";

/** As many rows as one call takes; the others stay drafts. */
const MOST = 1_000;

interface Props {
  changed: readonly Product[];
  drafts: Drafts;
  faults: number;
  keep: (skus: ReadonlySet<string>) => void;
  discard: () => void;
}

/** All that was changed, saved in one call; what is refused stays in the grid, with the reason. */
export function SaveBar({ changed, drafts, faults, keep, discard }: Props) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const titles = useTitles();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const [refused, setRefused] = useState<readonly { sku: string; why: string }[]>([]);
  const put = api.useMutation("post", "/v1/shops/{shop_id}/products/bulk", { onError: say.failed });
  const save = async () => {
    const sent = changed.slice(0, MOST);
    const body = sent.map((product) => rowOf(product, drafts.get(product.sku) ?? {}));
    const { results } = await put.mutateAsync({ params: { path: { shop_id: shop.id }, query: {} }, body });
    const refusals = results.filter(({ status }) => status === "refused");
    const title = refusals.length > 0 ? await titles() : String;
    const bad = refusals.map((each) => ({ sku: sent[each.index]?.sku ?? "", why: [title(each.code ?? ""), "detail" in each && each.detail].filter(Boolean).join(": ") }));
    setRefused(bad);
    if (bad.length < results.length) say.done(t("grid.saved", { count: results.length - bad.length }));
    await queries.invalidateQueries();
    keep(new Set([...bad.map(({ sku }) => sku), ...changed.slice(MOST).map(({ sku }) => sku)]));
  };
  const drop = async () => {
    if (!(await modal.confirm({ title: t("grid.discard_sure", { count: changed.length }) }))) return;
    discard();
    setRefused([]);
  };
  return (
    <>
      <Flex gap="small" wrap align="center" role="toolbar" aria-label={t("grid.save")} style={{ minHeight: 32 }}>
        {changed.length === 0 ? (
          <Typography.Text type="secondary">{t("grid.hint")}</Typography.Text>
        ) : (
          <>
            <Button type="primary" disabled={faults > 0} loading={put.isPending} onClick={() => void save()}>{t("grid.save")}</Button>
            <Button onClick={() => void drop()}>{t("grid.discard")}</Button>
            <Typography.Text>{t("grid.unsaved", { count: changed.length })}</Typography.Text>
            {faults > 0 && <Typography.Text type="danger">{t("grid.faults", { count: faults })}</Typography.Text>}
          </>
        )}
      </Flex>
      {refused.length > 0 && (
        <Alert type="error" closable title={t("grid.refused", { count: refused.length })} description={<ul>{refused.map(({ sku, why }) => <li key={sku}>{sku}: {why}</li>)}</ul>} />
      )}
    </>
  );
}
