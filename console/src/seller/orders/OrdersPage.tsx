import { DownloadOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Grid } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { useCsv } from "../../pieces/csv";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useMay, useShop } from "../shops";
import { Bulk } from "./Bulk";
import { FilterBar } from "./FilterBar";
import { GROUPS, useFilters, type Filters } from "./filters";
import { OrderDrawer } from "./OrderDrawer";
import { useOrderColumns } from "./columns";

const EVERY = 15_000;

export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const wide = Grid.useBreakpoint().md ?? true;
  const { filters, set, order } = useFilters();
  const [chosen, setChosen] = useState<number[]>([]);
  const orders = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/orders",
    { params: { path: { shop_id: shop.id }, query: filters } },
    { ...BY_CURSOR, refetchInterval: EVERY },
  );
  const rows = itemsOf(orders.data);
  const tabs = [{ key: "", label: t("orders.all") }, ...GROUPS.map((key) => ({ key: key as string, label: word("group", key) }))];
  return (
    <Page title={t("menu.orders")} hint={shop.name} actions={<Csv filters={filters} />}>
      <Card size="small">
        <TabRow active={filters.group ?? ""} items={tabs} onChange={(group) => set({ group })} />
        <Flex vertical gap="middle">
          <FilterBar filters={filters} set={set} />
          {may("fulfilments.write") && <Bulk orders={rows.filter(({ id }) => chosen.includes(id))} done={() => setChosen([])} />}
          <CursorTable
            query={orders}
            columns={useOrderColumns((id) => set({ order: String(id) }))}
            rowKey={({ id }) => id}
            nameOf={({ channel_order_no }) => channel_order_no}
            empty={t("orders.none")}
            width={wide ? 820 : 300}
            chosen={{ keys: chosen, choose: setChosen }}
          />
        </Flex>
      </Card>
      <OrderDrawer order_id={order} close={() => set({ order: undefined })} />
    </Page>
  );
}

function Csv({ filters }: { filters: Filters }) {
  const { t } = useTranslation();
  const shop = useShop();
  const saveCsv = useCsv();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    const asked = Object.fromEntries(Object.entries(filters).map(([key, value]) => [key, value?.toString()]));
    await saveCsv(`/v1/shops/${shop.id}/orders`, asked, `orders-${shop.id}.csv`);
    setBusy(false);
  };
  return <Button icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void download()}>{t("list.csv")}</Button>;
}
