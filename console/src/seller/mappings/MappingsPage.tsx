import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Input, Popconfirm, Select, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { useSay } from "../../pieces/say";
import { BY_CURSOR } from "../../pieces/paged";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { MappingForm } from "./MappingForm";

export type Mapping = Schemas["MappingOut"];

export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const [editing, setEditing] = useState<Mapping | "new" | null>(null);
  const [search, setSearch] = useSearchParams();
  const sku = search.get("sku") ?? undefined;
  const supplier_id = Number(search.get("supplier")) || undefined;
  const mappings = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/mappings",
    { params: { path: { shop_id: shop.id }, query: { sku, supplier_id } } },
    BY_CURSOR,
  );
  const narrow = (changes: Record<string, string>) => setSearch(Object.fromEntries(Object.entries({ sku, supplier: supplier_id?.toString(), ...changes }).filter(([, value]) => value) as [string, string][]), { replace: true });
  return (
    <Page
      title={t("menu.mappings")}
      hint={t("mappings.hint")}
      actions={may("products.write") && <Button type="primary" onClick={() => setEditing("new")}>{t("mappings.add")}</Button>}
    >
      <Card size="small">
        <Flex vertical gap="middle">
          <Narrow sku={sku} supplier={supplier_id} narrow={narrow} />
          <CursorTable
            query={mappings}
            columns={useColumns(setEditing)}
            rowKey={(row) => `${row.sku} ${row.supplier_id}`}
            empty={t("mappings.none")}
            width={760}
          />
        </Flex>
      </Card>
      <MappingForm mapping={editing} close={() => setEditing(null)} />
    </Page>
  );
}

function Narrow({ sku, supplier, narrow }: { sku: string | undefined; supplier: number | undefined; narrow: (changes: Record<string, string>) => void }) {
  const { t } = useTranslation();
  const suppliers = api.useQuery("get", "/v1/suppliers", { params: { query: { limit: 200 } } }, { staleTime: 300_000 });
  return (
    <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
      <Input.Search allowClear aria-label="SKU" placeholder="SKU" defaultValue={sku} onSearch={(text) => narrow({ sku: text.trim() })} style={{ width: 220 }} />
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
