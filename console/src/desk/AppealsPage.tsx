import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { useBusinessNow } from "../pieces/BusinessTime";
import { CursorTable } from "../pieces/CursorTable";
import { Page } from "../pieces/Page";
import { useSay } from "../pieces/say";
import { BY_CURSOR } from "../pieces/paged";
import { useForms, useWords } from "../texts/use";
import { useMe } from "../shell/session";
import { useShopNames } from "./shop_names";

type Appeal = Schemas["AppealOut"];

/** Appeals by ticket number, with their clock. */
export function Component() {
  const { t } = useTranslation();
  const word = useWords();
  const shopName = useShopNames();
  const [deciding, setDeciding] = useState<Appeal | null>(null);
  const may = useMe().places.some(({ party, permissions }) => party === "operator" && permissions.includes("appeals.write"));
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
          { title: t("home.shop"), render: (_, row) => shopName(row.shop_id) },
          { title: t("desk.text"), dataIndex: "text" },
          { title: t("orders.state"), render: (_, row) => [word("appeal", row.state), row.verdict && word("verdict", row.verdict)].filter(Boolean).join(" · ") },
          { title: t("home.due"), render: (_, row) => <Due appeal={row} /> },
          {
            title: t("suppliers.acts"),
            render: (_, row) => may && row.state === "opened" && <Button size="small" onClick={() => setDeciding(row)}>{t("desk.decide")}</Button>,
          },
          ]}
        />
      </Card>
      <Decide appeal={deciding} close={() => setDeciding(null)} />
    </Page>
  );
}

function Due({ appeal }: { appeal: Appeal }) {
  const { t } = useTranslation();
  const forms = useForms("Asia/Shanghai");
  const now = useBusinessNow(30_000).getTime();
  if (appeal.due_at === null || appeal.state !== "opened") return "–";
  const left = (Date.parse(appeal.due_at) - now) / 1_000;
  return left < 0 ? t("home.late_by", { span: forms.span(-left) }) : t("home.due_in", { span: forms.span(left) });
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
    <Modal open={appeal !== null} title={t("desk.decide")} onCancel={close} onOk={() => form.submit()} confirmLoading={decide.isPending} destroyOnHidden>
      <p>{appeal?.text}</p>
      <Form form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={(body) => appeal && decide.mutate({ params: { path: { appeal_id: appeal.id } }, body })}>
        <Form.Item name="decision" label={t("desk.verdict")} rules={[{ required: true, message: t("mappings.wanted") }]}>
          <Radio.Group options={(["upheld", "rejected"] as const).map((value) => ({ value, label: word("verdict", value) }))} />
        </Form.Item>
        <Form.Item name="note" label={t("exit.note")} rules={[{ required: true, message: t("mappings.wanted") }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
      </Form>
    </Modal>
  );
}
