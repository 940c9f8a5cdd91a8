import { Badge, Button, Descriptions, Drawer, Flex, Popconfirm, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { PaperButton } from "../../pieces/PaperButton";
import { Due } from "../../pieces/Due";
import { useTold } from "../../pieces/told";
import { Waiting } from "../../pieces/Waiting";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { useSupplierNames } from "../supplier_names";
import { Evidence } from "./Evidence";
import { STATUS } from "./DisputesPage";
import { Verdict } from "./Verdict";

export type Case = Schemas["CaseOut"];
const EVERY = 10_000;

/** One dispute from the side: its clock, who is liable and why, the evidence, the answers, the decisions. */
export function DisputeDrawer({ dispute_id, close }: { dispute_id: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={dispute_id !== undefined}
      onClose={close}
      size="min(760px, 100vw)"
      title={t("disputes.one", { id: dispute_id ?? "" })}
      closable={{ "aria-label": t("list.close") }}
      destroyOnHidden
    >
      {dispute_id !== undefined && <Inside dispute_id={dispute_id} />}
    </Drawer>
  );
}

function Inside({ dispute_id }: { dispute_id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const found = api.useQuery(
    "get",
    "/v1/shops/{shop_id}/disputes/{dispute_id}",
    { params: { path: { shop_id: shop.id, dispute_id } } },
    { refetchInterval: EVERY },
  );
  if (found.isPending) return <Waiting />;
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  const it = found.data;
  return (
    <Flex vertical gap="large">
      <Facts it={it} />
      <Verdict it={it} />
      <Evidence it={it} />
      <Flex gap="small" wrap>
        <PaperButton path={`/v1/shops/${shop.id}/disputes/${it.id}.pdf`} title={t("disputes.paper")} />
        <Withdraw it={it} />
      </Flex>
    </Flex>
  );
}

function Facts({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const supplierName = useSupplierNames();
  const waits = it.state === "opened" || it.state === "evidence";
  const named = [it.supplier_id === null ? null : supplierName(it.supplier_id), it.carrier].filter(Boolean).join(" · ");
  const items = [
    { label: t("orders.state"), children: <Flex gap="small" wrap align="center"><Badge status={STATUS[it.state]} text={word("dispute_state", it.state)} />{it.breaches > 0 && <Tag color="error">{t("disputes.late", { count: it.breaches })}</Tag>}</Flex> },
    { label: t("disputes.clock"), children: waits ? (it.handle_by ? <Due at={it.handle_by} forms={forms} /> : t("disputes.clock_waits")) : "–" },
    { label: t("disputes.order"), children: <Link to={`/seller/${shop.id}/orders?order=${it.order_id}`}>{t("home.order", { id: it.order_id })}</Link> },
    { label: t("disputes.cause"), children: word("fault", it.cause) },
    { label: t("disputes.claim"), children: forms.money(it.claim) },
    { label: t("disputes.filed"), children: forms.instant(it.opened_at) },
    { label: t("orders.supplier"), children: named || "–" },
    { label: t("disputes.waybills"), children: it.waybills.join(", ") || "–" },
    ...(it.text ? [{ label: t("disputes.text"), children: it.text, span: "filled" as const }] : []),
  ];
  return <Descriptions size="small" bordered column={{ xs: 1, sm: 2 }} items={items} />;
}

function Withdraw({ it }: { it: Case }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const withdraw = api.useMutation("post", "/v1/shops/{shop_id}/disputes/{dispute_id}/withdraw", useTold(t("disputes.withdrawn")));
  const waits = it.state === "opened" || it.state === "evidence";
  if (!waits || !may("disputes.write") || it.opened_by.startsWith("channel")) return null;
  return (
    <Popconfirm title={t("disputes.withdraw_sure")} onConfirm={() => withdraw.mutate({ params: { path: { shop_id: shop.id, dispute_id: it.id } } })}>
      <Button danger loading={withdraw.isPending}>{t("disputes.withdraw")}</Button>
    </Popconfirm>
  );
}
