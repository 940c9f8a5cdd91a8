import { App, Badge, Button, Card, Flex, type TableColumnsType } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, calls, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { useMay, useSupplierForms, type Part } from "../place";
import { ScanField } from "../ScanField";
import { useShopNames } from "../shop_names";
import { sound } from "../sound";
import { Received } from "./Received";
import { ReturnForm } from "./ReturnForm";

export type Return = Schemas["SupplierReturnOut"];

/** 退货: what buyers sent back of what was shipped here: expected ones are received, others are told as they come. */
export function Component() {
  const { t } = useTranslation();
  const say = useSay();
  const { message } = App.useApp();
  const may = useMay()("returns.write");
  const [back, setBack] = useState<Part>();
  const [expected, setExpected] = useState<Return>();
  const returns = api.useInfiniteQuery("get", "/v1/supplier/returns", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  const scan = async (code: string) => {
    const part = await shippedBy(code);
    sound(part !== undefined);
    if (part) setBack(part);
    else void message.error(t("portal.returns.unknown", { code }));
  };
  return (
    <Page title={t("portal.menu.returns")} hint={t("portal.returns.hint")}>
      <Card size="small">
        <Flex vertical gap="middle">
          {may && <ScanField label={t("portal.returns.scan")} onScan={(code) => void scan(code).catch(say.failed)} />}
          <CursorTable query={returns} columns={useColumns(may ? setExpected : undefined)} rowKey={({ id }) => id} empty={t("portal.returns.none")} width={320} />
        </Flex>
      </Card>
      <ReturnForm part={back} close={() => setBack(undefined)} />
      <Received expected={expected} close={() => setExpected(undefined)} />
    </Page>
  );
}

/** What was shipped under a waybill, or under a fulfilment's number with # or without. */
async function shippedBy(code: string): Promise<Part | undefined> {
  const { data } = await calls.GET("/v1/supplier/fulfilments", { params: { query: { waybill: code } } });
  const number = Number(/^#?(\d{1,15})$/.exec(code)?.[1]);
  if (data?.items[0] || !number) return data?.items[0];
  return calls.GET("/v1/supplier/fulfilments/{fulfilment_id}", { params: { path: { fulfilment_id: number } } }).then((one) => one.data, () => undefined);
}

function useColumns(receive: ((row: Return) => void) | undefined): TableColumnsType<Return> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return [
    { title: t("portal.returns.one"), render: (_, row) => <Flex vertical><strong>#{row.id}</strong><small className="secondary">{shopName(row.shop_id)} · {row.fulfilments.map((id) => `#${id}`).join(" ")}</small></Flex> },
    { title: t("orders.goods"), render: (_, row) => <>{Object.entries(row.lines).map(([sku, units]) => <div key={sku}>{sku} × {units}</div>)}<small className="secondary">{word("return_reason", row.reason)}</small></> },
    { title: t("portal.returns.asked"), responsive: ["md"], render: (_, row) => forms.instant(row.requested_at) },
    {
      title: t("orders.state"),
      render: (_, row) =>
        row.received_at === null ? (
          receive ? <Button aria-label={t("portal.returns.receive_of", { id: row.id })} onClick={() => receive(row)}>{t("portal.returns.receive")}</Button> : <Badge status="processing" text={t("portal.returns.expected")} />
        ) : (
          <Flex vertical><Badge status={row.condition === "sellable" ? "success" : "warning"} text={row.condition ? word("condition", row.condition) : t("portal.returns.received")} /><small className="secondary">{forms.instant(row.received_at)}</small></Flex>
        ),
    },
  ];
}
