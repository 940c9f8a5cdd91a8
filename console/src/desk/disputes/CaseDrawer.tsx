import { Descriptions, Drawer, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Due } from "../../pieces/Due";
import { Failure } from "../../pieces/Failure";
import { Waiting } from "../../pieces/Waiting";
import { useWho, useWords } from "../../texts/use";
import { useMay } from "../may";
import { Section } from "../../pieces/Section";
import { useShopNames } from "../shop_names";
import { useSupplierNames } from "../supplier_names";
import { useDeskForms } from "../zone";
import { Evidence } from "./Evidence";
import { Verdict } from "./Verdict";

export type Case = Schemas["CaseOut"];

/** One dispute from the side: who says what, what shows it, who is liable, and the decision. */
export function CaseDrawer({ dispute_id, close }: { dispute_id: number | undefined; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open={dispute_id !== undefined} onClose={close} size="min(760px, 100vw)" title={t("desk.dispute", { id: dispute_id ?? "" })} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
      {dispute_id !== undefined && <Inside dispute_id={dispute_id} />}
    </Drawer>
  );
}

function Inside({ dispute_id }: { dispute_id: number }) {
  const { t } = useTranslation();
  const may = useMay();
  const found = api.useQuery("get", "/v1/disputes/{dispute_id}", { params: { path: { dispute_id } } }, { refetchInterval: 30_000 });
  if (found.isPending) return <Waiting />;
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  const it = found.data;
  const open = it.state === "opened" || it.state === "evidence";
  return (
    <Flex vertical gap="large">
      <Facts it={it} open={open} />
      <Liability it={it} />
      <Section title={t("desk.evidence")}><Evidence dispute_id={it.id} rows={it.evidence} /></Section>
      <Answers it={it} />
      {it.decisions.length > 0 && <Decisions it={it} />}
      {open && may("disputes.write") && <Section title={t("desk.decide")}><Verdict it={it} /></Section>}
    </Flex>
  );
}

function Facts({ it, open }: { it: Case; open: boolean }) {
  const { t } = useTranslation();
  const word = useWords();
  const who = useWho();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  return (
    <Descriptions
      size="small"
      bordered
      column={{ xs: 1, sm: 2 }}
      items={[
        { label: t("home.shop"), children: shopName(it.shop_id) },
        { label: t("desk.order"), children: [t("home.order", { id: it.order_id }), ...it.waybills].join(" · ") },
        { label: t("desk.cause"), children: word("fault", it.cause) },
        { label: t("desk.claim"), children: `${forms.money(it.claim)} · ${word("beneficiary", it.beneficiary)}` },
        { label: t("desk.supplier"), children: supplierName(it.supplier_id) },
        { label: t("desk.carrier"), children: it.carrier ?? "–" },
        { label: t("orders.state"), children: <Flex gap={4} wrap>{word("dispute_state", it.state)}{it.breaches > 0 && <Tag color="error">{t("desk.late")}</Tag>}</Flex> },
        { label: t("desk.handle_by"), children: open ? <Due at={it.handle_by} forms={forms} /> : "–" },
        { label: t("desk.opened"), children: `${forms.instant(it.opened_at)} · ${who(it.opened_by)}` },
        { label: t("desk.contested"), children: it.charges.length > 0 ? it.charges.map((each) => `#${each}`).join(", ") : "–" },
        { label: t("desk.said"), children: it.text ?? "–", span: "filled" },
        ...(it.appeal_text ? [{ label: t("desk.appeal_text"), children: it.appeal_text, span: "filled" as const }] : []),
      ]}
    />
  );
}

function Liability({ it: { liability } }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  return (
    <Section title={t("desk.liability")}>
      <Descriptions
        size="small"
        bordered
        column={{ xs: 1, sm: 2 }}
        items={[
          { label: t("desk.liable"), children: liability.payer ? word("payer", liability.payer) : t("desk.undecided") },
          { label: t("desk.clause"), children: liability.clause },
          { label: t("desk.cap"), children: liability.cap ? forms.money(liability.cap) : "–" },
          { label: t("desk.shown"), children: liability.shown.map((each) => word("fault", each)).join(", ") || "–" },
          ...(liability.missing.length > 0 ? [{ label: t("desk.missing"), children: liability.missing.map((each) => word("evidence", each)).join(", "), span: "filled" as const }] : []),
        ]}
      />
    </Section>
  );
}

function Answers({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  return (
    <Section title={t("desk.answers")}>
      {it.answers.length === 0 && <span className="secondary">{t("desk.no_answers")}</span>}
      {it.answers.map((each) => (
        <p key={`${each.party}-${each.answered_at}`}>
          <strong>{word("payer", each.party)} · {word("answer", each.answer)}</strong> <span className="secondary">{forms.instant(each.answered_at)}</span>
          <br />
          {each.text}
        </p>
      ))}
    </Section>
  );
}

function Decisions({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  return (
    <Section title={t("desk.decisions")}>
      {it.decisions.map((each) => (
        <p key={each.round}>
          <strong>{t("desk.round", { round: each.round })} · {word("outcome", each.outcome)} · {forms.money(each.awarded)}{each.payer && ` · ${word("payer", each.payer)}`}</strong>{" "}
          {each.clause && <Tag>{each.clause}</Tag>}{each.reversed && <Tag color="warning">{t("desk.reversed")}</Tag>}
          <span className="secondary">{forms.instant(each.decided_at)}</span>
          <br />
          {each.note}
        </p>
      ))}
    </Section>
  );
}
