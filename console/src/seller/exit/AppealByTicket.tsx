import { Button, Card, Flex, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Due } from "../../pieces/Due";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";

/** 凭工单号申诉: one at a time; those that there were, with the platform's answers. Source: EXIT-5. */
export function AppealByTicket({ exit_id, ticket }: { exit_id: number; ticket: string }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const shop = useShop();
  const may = useMay()("exits.write");
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ text: string }>();
  const params = { path: { shop_id: shop.id, exit_id } };
  const appeals = api.useQuery("get", "/v1/shops/{shop_id}/exits/{exit_id}/appeals", { params });
  const send = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/appeal", useTold(t("leave.sent"), () => setOpen(false)));
  const items = appeals.data?.items ?? [];
  const waits = items.some(({ state }) => state === "opened");
  return (
    <Card size="small" title={t("leave.appeal")} extra={may && !waits && <Button size="small" onClick={() => setOpen(true)}>{t("leave.appeal")}</Button>}>
      <Flex vertical gap="small">
        <span className="secondary">{t("leave.appeal_hint")}</span>
        {items.map((each) => (
          <div key={each.id}>
            <strong>{[word("appeal", each.state), each.verdict && word("verdict", each.verdict)].filter(Boolean).join(" · ")}</strong> <small>{forms.instant(each.opened_at)}</small>
            <p style={{ margin: 0 }}>{each.text}</p>
            {each.note && <p style={{ margin: 0 }}>{t("leave.answer")}: {each.note}</p>}
            {each.state === "opened" && each.due_at && <Flex gap="small"><span className="secondary">{t("leave.due")}</span><Due at={each.due_at} forms={forms} /></Flex>}
          </div>
        ))}
      </Flex>
      <Modal open={open} title={t("leave.appeal")} okText={t("leave.send")} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={send.isPending} destroyOnHidden>
        <Form form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={({ text }) => send.mutate({ params, body: { ticket, text } })}>
          <p>{t("exit.ticket")} <code>{ticket}</code></p>
          <Form.Item name="text" label={t("leave.text")} rules={[{ required: true, message: t("leave.wanted") }]}><Input.TextArea rows={4} maxLength={4000} /></Form.Item>
        </Form>
      </Modal>
    </Card>
  );
}
