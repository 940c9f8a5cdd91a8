import { Card, Flex, Grid, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { STATES, useMay } from "../place";
import { useShopNames } from "../shop_names";
import { Answers } from "./Answers";
import { Needs } from "./Needs";
import { PartCards } from "./PartCards";
import { usePartColumns } from "./columns";

/** A supplier's work: what is to be answered, picked, packed, handed over; a table on a desk, cards on a phone. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const may = useMay();
  const wide = Grid.useBreakpoint().md ?? true;
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<number[]>([]);
  const state = STATES.find((each) => each === search.get("state")) ?? "pushed";
  const shop = Number(search.get("shop")) || undefined;
  const shopName = useShopNames();
  const parts = api.useInfiniteQuery(
    "get",
    "/v1/supplier/fulfilments",
    { params: { query: { state, shop } } },
    { ...BY_CURSOR, refetchInterval: 10_000 },
  );
  const columns = usePartColumns(state);
  const rows = itemsOf(parts.data);
  const go = (next: string) => {
    setChosen([]);
    setSearch({ state: next, ...(shop && { shop: String(shop) }) }, { replace: true });
  };
  const choice = { keys: chosen, choose: setChosen };
  return (
    <Page title={t("menu.fulfilments")} hint={t("supplier.hint")}>
      <Needs />
      <Card size="small">
        <TabRow active={state} onChange={go} items={STATES.map((key) => ({ key, label: word("work", key) }))} />
        <Flex vertical gap="middle">
          {shop && <Tag closable={{ "aria-label": t("portal.today.all_shops") }} onClose={() => setSearch({ state }, { replace: true })} style={{ alignSelf: "start" }}>{shopName(shop)}</Tag>}
          {wide ? (
            <CursorTable query={parts} columns={columns} rowKey={({ id }) => id} empty={t("supplier.none")} width={680} chosen={choice} />
          ) : (
            <PartCards query={parts} state={state} chosen={choice} />
          )}
          {may("fulfilments.write") && <Answers state={state} parts={rows.filter(({ id }) => chosen.includes(id))} done={() => setChosen([])} />}
        </Flex>
      </Card>
    </Page>
  );
}
