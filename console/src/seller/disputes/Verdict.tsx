import { Alert, Button, Card, Flex, Form, Input, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Section } from "../../pieces/Section";
import { Due } from "../../pieces/Due";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import type { Case } from "./DisputeDrawer";

/** Who is liable by which clause; what the parties said to it; what was decided and why; the appeal. */
export function Verdict({ it }: { it: Case }) {
  const { t } = useTranslation();
  return (
    <>
      <Section title={t("disputes.liability")}><Liability it={it} /></Section>
      <Section title={t("disputes.decisions")}><Decisions it={it} /></Section>
      <Section title={t("disputes.answers")}><Answers it={it} /></Section>
    </>
  );
}

/** Source: DISP-2..6. */
function Liability({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const { payer, clause, cap, shown, missing } = it.liability;
  const limit = cap ? t("disputes.cap", { amount: forms.money(cap) }) : t("disputes.no_cap");
  return (
    <Alert
      type={payer ? "info" : "warning"}
      showIcon
      title={[payer ? t("disputes.liable", { payer: word("payer", payer) }) : t("disputes.unclear"), payer && limit, clause].filter(Boolean).join(" · ")}
      description={
        <>
          <Listed label={t("disputes.shown")} names={shown.map((each) => word("fault", each))} />
          <Listed label={t("disputes.missing")} names={missing.map((each) => word("evidence", each))} />
        </>
      }
    />
  );
}

function Listed({ label, names }: { label: string; names: readonly string[] }) {
  return names.length > 0 && <div>{label}: {names.join(" · ")}</div>;
}

function Answers({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  if (it.answers.length === 0) return <span className="secondary">{t("disputes.no_answers")}</span>;
  return it.answers.map((each) => (
    <div key={`${each.party} ${each.answered_at}`}>
      <strong>{word("payer", each.party)}</strong> {word("answer", each.answer)} <small>{forms.instant(each.answered_at)}</small>
      {each.text && <p>{each.text}</p>}
    </div>
  ));
}

function Decisions({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  if (it.decisions.length === 0) return <span className="secondary">{t("disputes.no_decisions")}</span>;
  return (
    <Flex vertical gap="small">
      {it.decisions.map((each) => (
        <Card key={each.round} size="small" title={<Flex gap="small" align="center" wrap>{t("disputes.round", { round: each.round })}{each.reversed && <Tag>{t("disputes.reversed")}</Tag>}</Flex>} extra={forms.instant(each.decided_at)}>
          <strong>{[word("outcome", each.outcome), forms.money(each.awarded), each.payer && word("payer", each.payer), each.clause].filter(Boolean).join(" · ")}</strong>
          <p style={{ marginBottom: 0 }}>{each.note}</p>
        </Card>
      ))}
      <Appeal it={it} />
    </Flex>
  );
}

/** 申诉: once, as long as nothing of the decision is paid. */
function Appeal({ it }: { it: Case }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const forms = useShopForms();
  const appeal = api.useMutation("post", "/v1/shops/{shop_id}/disputes/{dispute_id}/appeal", useTold(t("disputes.appeal_sent")));
  if (it.appealed_at) {
    return <Alert type="info" title={t("disputes.appealed", { at: forms.instant(it.appealed_at) })} description={it.appeal_text} />;
  }
  if (it.state !== "decided" || !may("disputes.write")) return null;
  const send = ({ text }: { text: string }) => appeal.mutate({ params: { path: { shop_id: shop.id, dispute_id: it.id } }, body: { text } });
  return (
    <Form layout="vertical" requiredMark={false} onFinish={send}>
      <Form.Item name="text" label={t("disputes.appeal")} extra={t("disputes.appeal_means")} rules={[{ required: true, message: t("disputes.wanted") }]}>
        <Input.TextArea rows={2} maxLength={4000} />
      </Form.Item>
      <Flex gap="middle" align="center" wrap>
        <Button htmlType="submit" loading={appeal.isPending}>{t("disputes.appeal")}</Button>
        {it.due_at && <Due at={it.due_at} forms={forms} />}
      </Flex>
    </Form>
  );
}
