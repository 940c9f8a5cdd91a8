import { Card, Flex, Segmented, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { TabRow } from "../../pieces/TabRow";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { BatchEdit } from "./BatchEdit";
import { Calibrations } from "./Calibrations";
import { ProductExits } from "./ProductExits";

type Product = Schemas["ProductOut"];
const MODES = ["jit", "standard"] as const;

export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const [search, setSearch] = useSearchParams();
  const tabs = [
    { key: "all", label: t("products.all"), Inside: Products },
    { key: "exits", label: t("products.exits"), Inside: ProductExits },
    { key: "calibrations", label: t("products.calibrations"), Inside: Calibrations },
  ];
  const { key, Inside } = tabs.find((each) => each.key === search.get("tab")) ?? { key: "all", Inside: Products };
  return (
    <Page title={t("menu.products")} hint={shop.name}>
      <Card size="small">
        <TabRow active={key} onChange={(tab) => setSearch({ tab }, { replace: true })} items={tabs.map(({ key: tab, label }) => ({ key: tab, label }))} />
        <Inside />
      </Card>
    </Page>
  );
}

function Products() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<string[]>([]);
  const mode = MODES.find((each) => each === search.get("mode"));
  const products = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/products",
    { params: { path: { shop_id: shop.id }, query: { mode } } },
    BY_CURSOR,
  );
  return (
    <Flex vertical gap="middle">
      <Segmented
        aria-label={t("products.mode")}
        style={{ alignSelf: "start" }}
        value={mode ?? ""}
        options={[{ value: "", label: t("orders.all") }, ...MODES.map((value) => ({ value: value as string, label: word("mode", value) }))]}
        onChange={(value) => setSearch(value ? { mode: value } : {}, { replace: true })}
      />
      {may("products.write") && <BatchEdit skus={chosen} done={() => setChosen([])} />}
      <CursorTable
        query={products}
        columns={useColumns()}
        rowKey={({ sku }) => sku}
        empty={t("products.none")}
        width={720}
        chosen={{ keys: chosen, choose: setChosen }}
      />
    </Flex>
  );
}

function useColumns(): TableColumnsType<Product> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  return [
    { title: "SKU", dataIndex: "sku" },
    { title: t("products.title"), dataIndex: "title" },
    { title: t("products.mode"), render: (_, row) => (row.delisted_at ? t("products.delisted") : word("mode", row.mode)) },
    { title: t("products.price"), align: "end", render: (_, row) => forms.money(row.price) },
    { title: t("products.size"), render: (_, row) => `${row.length_mm}×${row.width_mm}×${row.height_mm} mm · ${row.weight_g} g` },
    { title: t("products.changed"), render: (_, row) => forms.instant(row.updated_at) },
  ];
}
