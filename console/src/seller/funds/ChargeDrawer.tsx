import { Button, Descriptions, Drawer, Flex, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { Refusal } from "../../api/refusal";
import { useSay } from "../../pieces/say";
import { useTitles } from "../../pieces/titles";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { useBasis, usePayee } from "./basis";
import type { Charge } from "./Charges";

/** What a charge is made of, what it stands on, and what may be done about it. Source: FEE-1..5. */
export function ChargeDrawer({ charge, close }: { charge: Charge | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={charge !== undefined}
      onClose={close}
      size="min(620px, 100vw)"
      title={t("bills.one", { id: charge?.id ?? "" })}
      closable={{ "aria-label": t("list.close") }}
      destroyOnHidden
    >
      {charge && <Inside charge={charge} />}
    </Drawer>
  );
}

function Inside({ charge }: { charge: Charge }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay()("charges.write");
  const basisOf = useBasis();
  const payeeOf = usePayee();
  const { evidence } = charge;
  const waits = charge.rate_wanted_on && t("bills.rate_waits", { on: forms.day(charge.rate_wanted_on) });
  const rows: [string, React.ReactNode][] = [
    [t("funds.kind"), word("entry", charge.kind)],
    [t("funds.amount"), <strong key="amount">{forms.money(charge.amount)}</strong>],
    [t("orders.state"), word("charge_state", charge.state)],
    [t("funds.reason"), charge.reason && word("unsettled", charge.reason)],
    [t("bills.basis"), basisOf(charge.basis)],
    [t("bills.tariff"), charge.base && forms.money(charge.base)],
    [t("bills.rate"), waits || charge.rate],
    [t("bills.payee"), payeeOf(charge.payee)],
    [t("bills.accrued"), forms.instant(charge.accrued_at)],
    [t("bills.fixed"), charge.fixed_at && forms.instant(charge.fixed_at)],
    [t("funds.due"), charge.due_at && forms.instant(charge.due_at)],
    [t("funds.settled"), charge.settled_at && forms.instant(charge.settled_at)],
    [t("bills.waybill"), evidence.waybill && [evidence.carrier, evidence.waybill].join(" ")],
    [t("bills.shipped"), evidence.shipped_at && forms.instant(evidence.shipped_at)],
    [t("bills.delivered"), evidence.delivered_at && forms.instant(evidence.delivered_at)],
    [t("bills.last_scan"), evidence.last_scan_at && [forms.instant(evidence.last_scan_at), evidence.status && word("parcel", evidence.status)].filter(Boolean).join(" · ")],
    [t("bills.expected"), evidence.expected_at && forms.instant(evidence.expected_at)],
    [t("bills.missing"), evidence.missing && forms.money(evidence.missing)],
    [t("bills.dispute"), evidence.dispute_id && <Link key="dispute" to={`/seller/${shop.id}/disputes?dispute=${evidence.dispute_id}`}>{t("disputes.one", { id: evidence.dispute_id })}</Link>],
    [t("bills.secured"), evidence.secured_at && forms.instant(evidence.secured_at)],
    [t("bills.enquiries"), evidence.enquiry],
    [t("bills.round"), charge.round > 1 && charge.round],
    [t("bills.policy"), charge.policy],
  ];
  const items = rows.filter(([, children]) => children).map(([label, children]) => ({ key: label, label, children }));
  const open = charge.state === "provisional" || charge.state === "due";
  return (
    <Flex vertical gap="large">
      <Descriptions size="small" bordered column={1} items={items} />
      {may && charge.state === "due" && charge.reason === "not_yet_due" && <Settle id={charge.id} />}
      {may && open && charge.parcel_id !== null && !evidence.enquiry && <Ask id={charge.id} />}
    </Flex>
  );
}

/** Settles one charge before its day. Source: EXIT-2. */
export function Settle({ id, small = false }: { id: number; small?: boolean }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const titles = useTitles();
  const told = useTold();
  const settle = api.useMutation("post", "/v1/shops/{shop_id}/charges/settle_early", {
    ...told,
    onSuccess: async ({ results, count }: { results: { code: string | null }[]; count: number }) => {
      const code = results.find((each) => each.code)?.code;
      if (code) say.failed(new Refusal(409, code, t("bills.settle_refused", { why: (await titles())(code) }), null, {}));
      else say.done(t("bills.settled", { count }));
      await told.onSuccess();
    },
  });
  return (
    <Button type={small ? "default" : "primary"} size={small ? "small" : "middle"} style={{ alignSelf: "start" }} loading={settle.isPending} onClick={() => settle.mutate({ params: { path: { shop_id: shop.id } }, body: { charges: [id], all: false } })}>
      {t("bills.settle")}
    </Button>
  );
}

/** 查询工单: what the carrier knows of the parcel. Source: FEE-5. */
function Ask({ id }: { id: number }) {
  const { t } = useTranslation();
  const shop = useShop();
  const say = useSay();
  const ask = api.useMutation("post", "/v1/shops/{shop_id}/charges/{charge_id}/enquiry", useTold());
  const send = ({ text }: { text?: string }) =>
    ask.mutate({ params: { path: { shop_id: shop.id, charge_id: id } }, body: { text: text?.trim() || null } }, { onSuccess: ({ number }) => say.done(t("bills.asked", { number })) });
  return (
    <Form layout="vertical" requiredMark={false} onFinish={send}>
      <Form.Item name="text" label={t("bills.ask_text")}><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
      <Button htmlType="submit" loading={ask.isPending}>{t("bills.ask")}</Button>
    </Form>
  );
}
