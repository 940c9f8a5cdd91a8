import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, InputNumber, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { useTellActs } from "../../pieces/acted";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { useSay } from "../../pieces/say";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { ScanField } from "../ScanField";
import { useMay, useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";
import { Place } from "./Place";
import { goOnward, useFocusOnFound } from "./keys";

type Shelf = Schemas["ShelfOut"];
type Counts = Readonly<Record<string, number>>;

/** 库存盘点: a code is scanned, a number typed, Enter; all that was counted goes in one call, none over another's count. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const [counts, setCounts] = useState<Counts>({});
  const [shelves, setShelves] = useState<Readonly<Record<string, Shelf>>>({});
  const code = search.get("code") ?? undefined;
  const listed = api.useInfiniteQuery("get", "/v1/supplier/stock", { params: { query: { code } } }, { ...BY_CURSOR, refetchOnWindowFocus: false });
  useFocusOnFound(code === undefined ? undefined : itemsOf(listed.data)[0] && nameOf(itemsOf(listed.data)[0] as Shelf));
  const count = (shelf: Shelf, counted: number | null) => {
    const { [nameOf(shelf)]: _, ...others } = counts;
    setCounts(counted === null || counted === shelf.counted ? others : { ...others, [nameOf(shelf)]: counted });
    setShelves({ ...shelves, [nameOf(shelf)]: shelf });
  };
  const done = () => setCounts({});
  return (
    <Page title={t("portal.menu.stock")} hint={t("portal.stock.hint")}>
      <Card size="small">
        <Flex vertical gap="middle">
          <Flex gap="small" wrap>
            <div className="grows"><ScanField label={t("portal.stock.scan")} onScan={(scanned) => setSearch({ code: scanned }, { replace: true })} /></div>
            {code && <Button size="large" onClick={() => setSearch({}, { replace: true })}>{t("portal.stock.all")}</Button>}
          </Flex>
          {code && <span>{t("portal.stock.found", { code })}</span>}
          <CursorTable query={listed} columns={useColumns(counts, count)} rowKey={nameOf} empty={t("portal.stock.none")} width={300} />
          {may("stock.write") && <Save counts={counts} shelves={shelves} done={done} />}
        </Flex>
      </Card>
    </Page>
  );
}

const nameOf = (shelf: Shelf): string => `${shelf.supplier_sku} ${shelf.shop_id ?? ""}`;

function useColumns(counts: Counts, count: (shelf: Shelf, counted: number | null) => void): TableColumnsType<Shelf> {
  const { t } = useTranslation();
  const may = useMay();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return [
    { title: t("portal.stock.bin"), render: (_, shelf) => <Place shelf={shelf} /> },
    {
      title: t("portal.stock.item"),
      render: (_, shelf) => <Flex vertical><strong>{shelf.supplier_sku}</strong>{shelf.barcode && <small className="secondary">{shelf.barcode}</small>}{shelf.shop_id && <span><Tag>{t("portal.stock.consigned", { shop: shopName(shelf.shop_id) })}</Tag></span>}</Flex>,
    },
    { title: t("portal.stock.reserved"), responsive: ["md"], dataIndex: "reserved", align: "end", render: (reserved: number) => forms.number(reserved) },
    { title: t("portal.stock.known"), responsive: ["md"], align: "end", render: (_, shelf) => forms.number(shelf.counted) },
    {
      title: t("portal.stock.counted"),
      render: (_, shelf) => (
        <InputNumber
          className="count"
          data-shelf={nameOf(shelf)}
          aria-label={t("portal.stock.count_of", { item: shelf.supplier_sku })}
          min={0}
          precision={0}
          controls={false}
          disabled={!may("stock.write")}
          value={counts[nameOf(shelf)] ?? null}
          placeholder={String(shelf.counted)}
          onChange={(counted) => count(shelf, counted)}
          onPressEnter={goOnward}
          style={{ width: 110 }}
        />
      ),
    },
    { title: t("portal.stock.at"), responsive: ["md"], render: (_, shelf) => forms.instant(shelf.counted_at) },
  ];
}

function Save({ counts, shelves, done }: { counts: Counts; shelves: Readonly<Record<string, Shelf>>; done: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const tell = useTellActs();
  const queries = useQueryClient();
  const put = api.useMutation("post", "/v1/supplier/stock/bulk", {
    onError: say.failed,
    onSuccess: async (answer) => {
      await tell(answer);
      done();
      await queries.invalidateQueries();
    },
  });
  const names = Object.keys(counts);
  const send = () => {
    const body = names.flatMap((name) => {
      const shelf = shelves[name];
      return shelf ? [{ supplier_sku: shelf.supplier_sku, owner: shelf.owner, shop_id: shelf.shop_id, counted: counts[name] ?? 0, expected: shelf.counted }] : [];
    });
    put.mutate({ body });
  };
  return (
    <Flex className="toolbar" justify="end" gap="small">
      <Button size="large" disabled={names.length === 0} onClick={done}>{t("portal.stock.forget")}</Button>
      <Button type="primary" size="large" disabled={names.length === 0} loading={put.isPending} onClick={send}>{t("portal.stock.save", { count: names.length })}</Button>
    </Flex>
  );
}
