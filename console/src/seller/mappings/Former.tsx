import { Alert, App, Button, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useOpenWords, useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";

type Former = Schemas["FormerMappingOut"];
const keyOf = ({ sku, supplier_id }: { sku: string; supplier_id: number }) => JSON.stringify([sku, supplier_id]);

export function useFormer() {
  const shop = useShop();
  return api.useInfiniteQuery("get", "/v1/shops/{shop_id}/enrolment/mappings", { params: { path: { shop_id: shop.id }, query: {} } }, BY_CURSOR);
}

/** What the last membership mapped: each can be restored, or says why not. Source: BACK-1. */
export function FormerMappings() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const supplierName = useSupplierNames();
  const may = useMay()("products.write");
  const former = useFormer();
  const [chosen, choose] = useState<string[]>([]);
  const rows = itemsOf(former.data);
  const able = rows.filter(({ code }) => code === null);
  return (
    <Flex vertical gap="middle">
      {may && rows.length > 0 && <Restore chosen={chosen} able={able} more={former.hasNextPage} done={() => choose([])} />}
      <CursorTable<Former, string>
        query={former}
        rowKey={keyOf}
        nameOf={({ sku, supplier_id }) => `${sku} · ${supplierName(supplier_id)}`}
        empty={t("former.none")}
        width={760}
        chosen={may && rows.length > 0 ? { keys: chosen, choose, barred: ({ code }) => code !== null } : undefined}
        columns={[
          { title: "SKU", dataIndex: "sku" },
          { title: t("orders.supplier"), render: (_, row) => supplierName(row.supplier_id) },
          { title: t("mappings.item"), dataIndex: "supplier_sku" },
          { title: t("mappings.units"), dataIndex: "units", align: "end" },
          { title: t("mappings.priority"), dataIndex: "priority", align: "end" },
          { title: t("mappings.supply_price"), align: "end", render: (_, row) => (row.supply_price ? forms.money(row.supply_price) : "–") },
          { title: t("former.now"), render: (_, row) => (row.code ? <span className="secondary">{word("former", row.code)}</span> : t("former.able")) },
        ]}
      />
    </Flex>
  );
}

interface Props {
  chosen: readonly string[];
  able: readonly Former[];
  more: boolean;
  done: () => void;
}

/** Restores those that were chosen, or all that can be; what was refused is told, each with its reason. */
function Restore({ chosen, able, more, done }: Props) {
  const { t } = useTranslation();
  const word = useOpenWords();
  const shop = useShop();
  const supplierName = useSupplierNames();
  const { message } = App.useApp();
  const [refused, setRefused] = useState<Schemas["RestoredOut"][]>([]);
  const told = useTold();
  const restore = api.useMutation("post", "/v1/shops/{shop_id}/enrolment/mappings/restore", {
    ...told,
    onSuccess: async ({ results }: Schemas["RestoredsOut"]) => {
      const bad = results.filter(({ status }) => status === "refused");
      setRefused(bad);
      const count = results.length - bad.length;
      if (count > 0 || bad.length === 0) void message.success(t("former.restored", { count }));
      done();
      await told.onSuccess();
    },
  });
  const named = able.filter((each) => chosen.includes(keyOf(each))).map(({ sku, supplier_id }) => ({ sku, supplier_id }));
  const send = (mappings: typeof named | null) => restore.mutate({ params: { path: { shop_id: shop.id }, query: {} }, body: { mappings } });
  return (
    <>
      <Flex gap="small" wrap align="center">
        <Button type="primary" disabled={able.length === 0 && !more} loading={restore.isPending} onClick={() => send(null)}>{t("former.all")}</Button>
        <Button disabled={named.length === 0} loading={restore.isPending} onClick={() => send(named)}>{t("former.chosen", { count: named.length })}</Button>
      </Flex>
      {refused.length > 0 && (
        <Alert
          type="error"
          closable
          title={t("former.refused", { count: refused.length })}
          description={<ul>{refused.map((each) => <li key={each.index}>{each.sku} · {supplierName(each.supplier_id)}: {each.code && word("former", each.code)}</li>)}</ul>}
        />
      )}
    </>
  );
}
