import { Card, Flex, Typography, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Page } from "../pieces/Page";
import { TabRow } from "../pieces/TabRow";
import { Flags } from "../pieces/states";
import { BY_CURSOR, itemsOf } from "../pieces/paged";
import { useForms, useWords } from "../texts/use";
import { Answers } from "./Answers";
import { LabelForm } from "./LabelForm";

export type Part = Schemas["SupplierFulfilment"];
export const STATES = ["pushed", "accepted", "picked", "labelled", "shipped"] as const;
export type PartState = (typeof STATES)[number];
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A supplier's work: what is to be answered, picked, labelled, handed over; for a table or a phone. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const [search, setSearch] = useSearchParams();
  const [chosen, setChosen] = useState<number[]>([]);
  const state = STATES.find((each) => each === search.get("state")) ?? "pushed";
  const parts = api.useInfiniteQuery(
    "get",
    "/v1/supplier/fulfilments",
    { params: { query: { state } } },
    { ...BY_CURSOR, refetchInterval: 10_000 },
  );
  const rows = itemsOf(parts.data);
  const go = (next: string) => {
    setChosen([]);
    setSearch({ state: next }, { replace: true });
  };
  return (
    <Page title={t("menu.fulfilments")} hint={t("supplier.hint")}>
      <Card size="small">
        <TabRow active={state} onChange={go} items={STATES.map((key) => ({ key, label: word("work", key) }))} />
        <Flex vertical gap="middle">
          <Answers state={state} parts={rows.filter(({ id }) => chosen.includes(id))} done={() => setChosen([])} />
          <CursorTable
            query={parts}
            columns={useColumns(state)}
            rowKey={({ id }) => id}
            empty={t("supplier.none")}
            width={680}
            chosen={{ keys: chosen, choose: setChosen }}
          />
        </Flex>
      </Card>
    </Page>
  );
}

function useColumns(state: PartState): TableColumnsType<Part> {
  const { t } = useTranslation();
  const forms = useForms(ZONE);
  return [
    { title: t("supplier.part"), render: (_, part) => <Flex vertical><strong>#{part.id}</strong><Flags flags={part.flags} /></Flex> },
    { title: t("orders.goods"), render: (_, part) => part.lines.map((line) => <div key={line.line_no}>{line.supplier_sku} × {line.units}</div>) },
    {
      title: t("orders.ship_to"),
      render: (_, { ship_to }) => ship_to && <>{ship_to.country} · {ship_to.city}<div><Typography.Text type="secondary">{ship_to.name}</Typography.Text></div></>,
    },
    { title: t(state === "pushed" ? "supplier.answer_by" : "orders.ship_by"), render: (_, part) => forms.instant(state === "pushed" ? part.answer_by : part.ship_by) },
    {
      title: t("supplier.parcels"),
      render: (_, part) => part.parcels.map((parcel) => <div key={parcel.id}>{parcel.carrier} {parcel.waybill}</div>),
    },
    ...(state === "accepted" || state === "picked" ? [{ title: t("suppliers.acts"), render: (_: unknown, part: Part) => <LabelForm part={part} /> }] : []),
  ];
}
