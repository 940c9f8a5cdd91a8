import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Radio, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { useTold } from "../pieces/told";
import { currentLanguage } from "../texts";
import { useParty } from "./party";

type Entered = Schemas["InvitationIn"];

/** A letter brings somebody a link that works once. */
export function Invite() {
  const { t } = useTranslation();
  const party = useParty();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Entered>();
  const invite = useMutation({ mutationFn: party.invite, ...useTold(t("people.invited"), () => setOpen(false)) });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{t("people.invite")}</Button>
      <Modal open={open} title={t("people.invite")} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={invite.isPending} destroyOnHidden>
        <Form<Entered>
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          initialValues={{ role: party.usual, locale: currentLanguage() }}
          onFinish={(body) => invite.mutate(body)}
        >
          <Form.Item name="email" label={t("people.email")} rules={[{ required: true, type: "email", message: t("people.wanted") }]}><Input inputMode="email" autoComplete="off" /></Form.Item>
          <Form.Item name="role" label={t("people.role")}>
            <Radio.Group options={party.roles.map((value) => ({ value, label: t(`people.means_${value}`) }))} style={{ display: "grid", gap: 8 }} />
          </Form.Item>
          <Form.Item name="locale" label={t("people.language")}><Segmented options={[{ value: "zh-CN", label: "中文" }, { value: "en", label: "English" }]} /></Form.Item>
        </Form>
      </Modal>
    </>
  );
}
