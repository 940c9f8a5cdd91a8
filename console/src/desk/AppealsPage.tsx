import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Due } from "../pieces/Due";
import { Page } from "../pieces/Page";
import { useSay } from "../pieces/say";
import { BY_CURSOR } from "../pieces/paged";
import { useWords } from "../texts/use";
import { useMay } from "./may";
import { useShopNames } from "./shop_names";
import { useDeskForms } from "./zone";

type Appeal = Schemas["AppealOut"];

/** Appeals against exits, with their clock. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const may = useMay();
  const [deciding, setDeciding] = useState<Appeal | null>(null);
  const appeals = api.useInfiniteQuery("get", "/v1/appeals", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 15_000 });
  return (
    <Page title={t("menu.desk_appeals")}>
      <Card size="small">
        <CursorTable
          query={appeals}
          rowKey={({ id }) => id}
          empty={t("desk.no_appeals")}
          width={760}
          columns={[
            { title: t("home.shop"), render: (_, row) => <>{shopName(row.shop_id)}<br />{t("exit.number", { id: row.exit_id })}</> },
            { title: t("desk.text"), dataIndex: "text" },
            { title: t("orders.state"), render: (_, row) => [word("appeal", row.state), row.verdict && word("verdict", row.verdict), row.escalated_at && t("desk.escalated")].filter(Boolean).join(" · ") },
            { title: t("home.due"), render: (_, row) => (row.state === "opened" ? <Due at={row.due_at} forms={forms} /> : "–") },
            {
              title: t("suppliers.acts"),
              render: (_, row) => may("appeals.write") && row.state === "opened" && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
            },
          ]}
        />
      </Card>
      <Decide appeal={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Decide({ appeal, close }: { appeal: Appeal | null; close: () => void }) {
  const { t } = useTranslation();
  const word = useWords();
  const say = useSay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas["AppealsDecisionIn"]>();
  const decide = api.useMutation("post", "/v1/appeals/{appeal_id}/decision", {
    onError: say.failed,
    onSuccess: async () => {
      close();
      await queries.invalidateQueries();
    },
  });
  return (
    <Modal open={appeal !== null} title={t("desk.decide")} onCancel={close} onOk={() => form.submit()} confirmLoading={decide.isPending} destroyOnHidden closable={{ "aria-label": t("list.close") }}>
      <p>{appeal?.text}</p>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={(body) => appeal && decide.mutate({ params: { path: { appeal_id: appeal.id } }, body })}>
        <Form.Item name="decision" label={t("desk.verdict")} rules={[{ required: true, message: t("mappings.wanted") }]}>
          <Radio.Group options={(["upheld", "rejected"] as const).map((value) => ({ value, label: word("verdict", value) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, whitespace: true, message: t("desk.note_wanted") }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
      </Form>
    </Modal>
  );
}
