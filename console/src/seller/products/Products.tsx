import { Button, Empty, Flex, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { SearchField } from "../../pieces/SearchField";
import { Waiting } from "../../pieces/Waiting";
import { useWord } from "../../pieces/address";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop } from "../shops";
import { BatchEdit } from "./BatchEdit";
import { Grid } from "./grid/Grid";
import { SaveBar } from "./grid/SaveBar";
import { useDrafts } from "./grid/useDrafts";
import { ProductForm } from "./ProductForm";

const MODES = ["jit", "standard"] as const;

/** All products of the shop, in a grid. */
export function Products() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay()("products.write");
  const [asked, setAsked] = useWord("mode");
  const [contains, find] = useWord("contains");
  const [open, setOpen] = useWord("product");
  const [chosen, setChosen] = useState<string[]>([]);
  const mode = MODES.find((each) => each === asked);
  const products = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/products",
    { params: { path: { shop_id: shop.id }, query: { mode, contains, limit: 100 } } },
    BY_CURSOR,
  );
  const rows = itemsOf(products.data);
  const { drafts, write, ...changes } = useDrafts(rows);
  return (
    <Flex vertical gap="middle">
      {/* What is changed and not saved stays in sight: nothing else is looked for meanwhile. */}
      <Flex gap="small" wrap role="search" aria-label={t("orders.filters")}>
        <SearchField label={t("products.search")} value={contains} search={find} disabled={drafts.size > 0} />
        <Segmented
          aria-label={t("products.mode")}
          disabled={drafts.size > 0}
          value={mode ?? ""}
          options={[{ value: "", label: t("orders.all") }, ...MODES.map((value) => ({ value: value as string, label: word("mode", value) }))]}
          onChange={(value) => setAsked(value || undefined)}
        />
      </Flex>
      {may && <SaveBar drafts={drafts} {...changes} />}
      {may && chosen.length > 0 && <BatchEdit skus={chosen} done={() => setChosen([])} />}
      {products.isPending && <Waiting />}
      {products.error && <Failure error={products.error} retry={() => void products.refetch()} />}
      {products.data && rows.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(contains || mode ? "products.not_found" : "products.none")} />}
      {rows.length > 0 && <Grid products={rows} drafts={drafts} write={write} readOnly={!may} chosen={chosen} choose={setChosen} open={setOpen} />}
      {products.hasNextPage && (
        <Button style={{ alignSelf: "center" }} onClick={() => void products.fetchNextPage()} loading={products.isFetchingNextPage}>{t("list.more")}</Button>
      )}
      <ProductForm sku={open} close={() => setOpen(undefined)} />
    </Flex>
  );
}
