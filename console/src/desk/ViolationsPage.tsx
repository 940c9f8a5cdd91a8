import { useQueryClient } from "@tanstack/react-query";
import { Badge, Button, Card, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Due } from "../pieces/Due";
import { Page } from "../pieces/Page";
import { BY_CURSOR } from "../pieces/paged";
import { useSay } from "../pieces/say";
import { TabRow } from "../pieces/TabRow";
import { useWords } from "../texts/use";
import { useAddress } from "./address";
import { useMay } from "./may";
import { useShopNames } from "./shop_names";
import { useSupplierNames } from "./supplier_names";
import { useDeskForms } from "./zone";

type Violation = Schemas["ViolationOut"];
type Decision = Schemas["StandingDecisionIn"]["decision"];
const STATES = ["appealed", "recorded", "confirmed", "withdrawn"] as const;
const CHOICES: Partial<Record<Violation["state"], readonly Decision[]>> = { appealed: ["upheld", "rejected"], recorded: ["withdrawn"], confirmed: ["withdrawn"] };

/** Violations, the appealed first, each with its clock. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const supplierName = useSupplierNames();
  const may = useMay();
  const [said, say] = useAddress();
  const [deciding, setDeciding] = useState<Violation | null>(null);
  const state = STATES.find((each) => each === said("state")) ?? "appealed";
  const violations = api.useInfiniteQuery("get", "/v1/violations", { params: { query: { state } } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return (
    <Page title={t("menu.desk_violations")} hint={t("desk.violations_hint")}>
      <Card size="small">
        <TabRow active={state} items={STATES.map((key) => ({ key, label: word("violation_state", key) }))} onChange={(key) => say({ state: key })} />
        <CursorTable
          query={violations}
          rowKey={({ id }) => id}
          empty={t("desk.no_violations")}
          width={820}
          columns={[
            { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
            { title: t("desk.kind"), render: (_, row) => <Badge status="warning" text={word("violation", row.kind)} /> },
            { title: t("desk.fault"), render: (_, row) => (row.fault === "supplier" ? supplierName(row.supplier_id) : t("desk.shop")) },
            { title: t("desk.at"), render: (_, row) => forms.instant(row.at) },
            { title: t("desk.plea"), render: (_, row) => row.plea ?? row.note ?? "–" },
            { title: t("home.due"), render: (_, row) => (row.state === "appealed" ? <Due at={row.due_at} forms={forms} /> : "–") },
            {
              title: t("suppliers.acts"),
              render: (_, row) => may("violations.write") && CHOICES[row.state] && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
            },
          ]}
        />
      </Card>
      <Decide violation={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Decide({ violation, close }: { violation: Violation | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas["StandingDecisionIn"]>();
  const decide = api.useMutation("post", "/v1/shops/{shop_id}/violations/{violation_id}/decision", {
    onError: say.failed,
    onSuccess: async () => {
      close();
      await queries.invalidateQueries();
    },
  });
  const choices = (violation && CHOICES[violation.state]) ?? [];
  return (
    <Modal open={violation !== null} title={t("desk.decide")} onCancel={close} onOk={() => form.submit()} confirmLoading={decide.isPending} destroyOnHidden closable={{ "aria-label": t("list.close") }}>
      {violation?.plea && <p>{violation.plea}</p>}
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        requiredMark={false}
        initialValues={choices.length === 1 ? { decision: choices[0] } : {}}
        onFinish={(body) => violation && decide.mutate({ params: { path: { shop_id: violation.shop_id, violation_id: violation.id } }, body })}
      >
        <Form.Item name="decision" label={t("desk.verdict")} rules={[{ required: true, message: t("mappings.wanted") }]}>
          <Radio.Group options={choices.map((value) => ({ value, label: word("violation_decision", value) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, whitespace: true, message: t("desk.note_wanted") }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
      </Form>
    </Modal>
  );
}
