import { useQueryClient } from "@tanstack/react-query";
import { Button, Checkbox, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import type { Case } from "./CaseDrawer";

interface Entered {
  outcome: Schemas["VerdictIn"]["outcome"];
  payer?: "supplier" | "carrier" | "seller";
  amount?: string;
  waived?: number[];
  note: string;
}
const OUTCOMES = ["upheld", "partial", "rejected"] as const;
const PAYERS = ["supplier", "carrier", "seller"] as const;

/** The decision of a dispute. What it leaves open, liability says: who pays, and how much at most. */
export function Verdict({ it }: { it: Case }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Entered>();
  const chosen = Form.useWatch("outcome", form);
  const { currency } = it.claim;
  const decide = api.useMutation("post", "/v1/disputes/{dispute_id}/decision", {
    onError: say.failed,
    onSuccess: async () => {
      await queries.invalidateQueries();
      say.done(t("desk.decided_now"));
    },
  });
  const send = ({ outcome, payer, amount, waived, note }: Entered) =>
    decide.mutate({
      params: { path: { dispute_id: it.id } },
      body: { outcome, note, payer: payer ?? null, amount: amount ? { amount, currency } : null, waived: waived ?? [] },
    });
  return (
    <Form<Entered> form={form} layout="vertical" requiredMark={false} onFinish={send}>
      <Form.Item name="outcome" label={t("desk.outcome")} rules={[{ required: true, message: t("mappings.wanted") }]}>
        <Radio.Group options={OUTCOMES.map((value) => ({ value, label: word("outcome", value) }))} />
      </Form.Item>
      {chosen && chosen !== "rejected" && (
        <>
          <Form.Item name="payer" label={t("desk.payer")}>
            <Select allowClear placeholder={it.liability.payer ? `${word("payer", it.liability.payer)} (${t("desk.payer_default")})` : t("desk.undecided")} options={PAYERS.map((value) => ({ value, label: word("payer", value) }))} />
          </Form.Item>
          <Form.Item name="amount" label={t("desk.amount", { currency })} rules={[{ required: chosen === "partial", pattern: /^\d+(\.\d+)?$/, message: t("mappings.wanted") }]}>
            <Input inputMode="decimal" placeholder={it.claim.amount} />
          </Form.Item>
        </>
      )}
      {it.charges.length > 0 && (
        <Form.Item name="waived" label={t("desk.waived")}>
          <Checkbox.Group options={it.charges.map((value) => ({ value, label: `#${value}` }))} />
        </Form.Item>
      )}
      <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, whitespace: true, message: t("desk.note_wanted") }]}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={decide.isPending}>{t("desk.decide")}</Button>
    </Form>
  );
}
