import { Alert, Button, Card, Flex, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useMe } from "../../shell/session";
import { Exposure } from "../funds/Exposure";
import { useMay, useShop } from "../shops";
import type { Exit } from "./Wizard";

interface Entered {
  name: string;
  reason?: string;
  otp?: string;
}

/** 强制退出 with orders open: every letter is signed by it, and the funds are frozen until what is open has cleared. Source: EXIT-7. */
export function Force({ exit }: { exit: Exit }) {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Entered>();
  const force = api.useMutation("post", "/v1/shops/{shop_id}/exits/{exit_id}/force", useTold(t("leave.forced"), () => setOpen(false)));
  if (exit.forced) return <Card size="small" title={t("leave.exposure")}><Exposure exit_id={exit.id} /></Card>;
  const blocking = exit.blockers.some((each) => each.blocking);
  if (exit.off_at !== null || exit.state === "verifying" || !blocking || !may("exits.write") || !may("letters.write")) return null;
  const send = ({ name, reason, otp }: Entered) =>
    force.mutate({ params: { path: { shop_id: shop.id, exit_id: exit.id } }, body: { name, reason: reason?.trim() || null, otp: otp || null } });
  const wanted = [{ required: true, message: t("leave.wanted") }];
  return (
    <Card size="small" title={t("leave.force")}>
      <Flex gap="middle" wrap align="center" justify="space-between">
        <span className="secondary" style={{ maxWidth: 640 }}>{t("leave.force_hint")}</span>
        <Button danger onClick={() => setOpen(true)}>{t("leave.force_open")}</Button>
      </Flex>
      <Modal open={open} title={t("leave.force")} okText={t("leave.force")} okButtonProps={{ danger: true }} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={force.isPending} destroyOnHidden width={720}>
        <Flex vertical gap="middle">
          <Alert type="warning" showIcon title={t("leave.force_sure")} description={t("leave.force_hint")} />
          <Exposure exit_id={exit.id} />
          <Form<Entered> form={form} layout="vertical" preserve={false} requiredMark={false} onFinish={send}>
            <Form.Item name="name" label={t("leave.force_name")} rules={wanted}><Input autoComplete="name" /></Form.Item>
            <Form.Item name="reason" label={t("leave.force_reason")}><Input maxLength={2000} /></Form.Item>
            {me.second_factor && <Form.Item name="otp" label={t("sign_in.code")} rules={wanted}><Input autoComplete="one-time-code" inputMode="numeric" /></Form.Item>}
          </Form>
        </Flex>
      </Modal>
    </Card>
  );
}
