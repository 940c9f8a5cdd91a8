import { Button, Form, Input, Modal, Radio, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useTold } from "../../pieces/told";
import { currentLanguage } from "../../texts";
import { useShop } from "../shops";
import { ROLES } from "./roles";

type Entered = Schemas["InvitationIn"];

/** A letter brings somebody a link that works once. */
export function Invite() {
  const { t } = useTranslation();
  const shop = useShop();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Entered>();
  const invite = api.useMutation("post", "/v1/shops/{shop_id}/invitations", useTold(t("people.invited"), () => setOpen(false)));
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{t("people.invite")}</Button>
      <Modal open={open} title={t("people.invite")} onCancel={() => setOpen(false)} onOk={() => form.submit()} confirmLoading={invite.isPending} destroyOnHidden>
        <Form<Entered>
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          initialValues={{ role: "clerk", locale: currentLanguage() }}
          onFinish={(body) => invite.mutate({ params: { path: { shop_id: shop.id } }, body })}
        >
          <Form.Item name="email" label={t("people.email")} rules={[{ required: true, type: "email", message: t("people.wanted") }]}><Input inputMode="email" autoComplete="off" /></Form.Item>
          <Form.Item name="role" label={t("people.role")}>
            <Radio.Group options={ROLES.map((value) => ({ value, label: t(`people.means_${value}`) }))} style={{ display: "grid", gap: 8 }} />
          </Form.Item>
          <Form.Item name="locale" label={t("people.language")}><Segmented options={[{ value: "zh-CN", label: "中文" }, { value: "en", label: "English" }]} /></Form.Item>
        </Form>
      </Modal>
    </>
  );
}
