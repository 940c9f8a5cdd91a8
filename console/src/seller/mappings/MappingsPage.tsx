import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Popconfirm, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { SearchField } from "../../pieces/SearchField";
import { TabRow } from "../../pieces/TabRow";
import { useWord } from "../../pieces/address";
import { useSay } from "../../pieces/say";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { FormerMappings, useFormer } from "./Former";
import { MappingForm } from "./MappingForm";

export type Mapping = Schemas["MappingOut"];

export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const [editing, setEditing] = useState<Mapping | "new" | null>(null);
  const [asked, setTab] = useWord("tab");
  const former = useFormer();
  const tab = asked === "former" ? "former" : "now";
  // Of a shop that never left there is nothing to restore.
  const tabbed = tab === "former" || itemsOf(former.data).length > 0;
  return (
    <Page
      title={t("menu.mappings")}
      hint={t("mappings.hint")}
      actions={may("products.write") && <Button type="primary" onClick={() => setEditing("new")}>{t("mappings.add")}</Button>}
    >
      <Card size="small">
        {tabbed && (
          <TabRow active={tab} onChange={setTab} items={[{ key: "now", label: t("former.now_mapped") }, { key: "former", label: t("former.title") }]} />
        )}
        {tab === "former" ? <FormerMappings /> : <Mapped edit={setEditing} />}
      </Card>
      <MappingForm mapping={editing} close={() => setEditing(null)} />
    </Page>
  );
}

/** What is mapped now, found by SKU, item or title. */
function Mapped({ edit }: { edit: (mapping: Mapping) => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const [search, setSearch] = useSearchParams();
  const sku = search.get("sku") ?? undefined;
  const contains = search.get("contains") ?? undefined;
  const supplier_id = Number(search.get("supplier")) || undefined;
  const mappings = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/mappings",
    { params: { path: { shop_id: shop.id }, query: { sku, contains, supplier_id } } },
    BY_CURSOR,
  );
  const narrow = (changes: Record<string, string>) => setSearch(Object.fromEntries(Object.entries({ contains, supplier: supplier_id?.toString(), ...changes }).filter(([, value]) => value) as [string, string][]), { replace: true });
  return (
    <Flex vertical gap="middle">
      <Narrow text={contains ?? sku} supplier={supplier_id} narrow={narrow} />
      <CursorTable
        query={mappings}
        columns={useColumns(edit)}
        rowKey={(row) => `${row.sku} ${row.supplier_id}`}
        empty={contains || sku || supplier_id ? t("mappings.not_found") : t("mappings.none")}
        width={760}
      />
    </Flex>
  );
}

function Narrow({ text, supplier, narrow }: { text: string | undefined; supplier: number | undefined; narrow: (changes: Record<string, string>) => void }) {
  const { t } = useTranslation();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  return (
    <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
      <SearchField label={t("mappings.search")} value={text} search={(wanted) => narrow({ contains: wanted ?? "" })} />
      <Select
        allowClear
        aria-label={t("orders.supplier")}
        placeholder={t("orders.supplier")}
        value={supplier}
        options={suppliers.data?.items.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id?: number) => narrow({ supplier: id?.toString() ?? "" })}
        style={{ width: 160 }}
      />
    </Flex>
  );
}

function useColumns(edit: (mapping: Mapping) => void): TableColumnsType<Mapping> {
  const { t } = useTranslation();
  const forms = useShopForms();
  const supplierName = useSupplierNames();
  const may = useMay();
  return [
    { title: "SKU", dataIndex: "sku" },
    { title: t("orders.supplier"), render: (_, row) => supplierName(row.supplier_id) },
    { title: t("mappings.item"), dataIndex: "supplier_sku" },
    { title: t("mappings.units"), dataIndex: "units", align: "end" },
    { title: t("mappings.priority"), dataIndex: "priority", align: "end" },
    { title: t("mappings.supply_price"), align: "end", render: (_, row) => (row.supply_price ? forms.money(row.supply_price) : "–") },
    {
      title: t("suppliers.acts"),
      render: (_, row) =>
        may("products.write") && (
          <Flex gap="small">
            <Button size="small" onClick={() => edit(row)}>{t("mappings.edit")}</Button>
            <Remove mapping={row} />
          </Flex>
        ),
    },
  ];
}

function Remove({ mapping }: { mapping: Mapping }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const queries = useQueryClient();
  const remove = api.useMutation("delete", "/v1/shops/{shop_id}/mappings/{sku}/{supplier_id}", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const { sku, supplier_id } = mapping;
  return (
    <Popconfirm title={t("mappings.remove_sure")} onConfirm={() => remove.mutate({ params: { path: { shop_id: shop.id, sku, supplier_id } } })}>
      <Button size="small" danger loading={remove.isPending}>{t("mappings.remove")}</Button>
    </Popconfirm>
  );
}
