import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex, Form, Input, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";

type Signature = Schemas["HandoversSignIn"];

/** Both sides sign with their name; the driver's signature closes the note, and is the hand-over. */
export function Sign({ note }: { note: Schemas["NoteOut"] }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const sign = api.useMutation("post", "/v1/supplier/handovers/{note_id}/sign", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const roles = (["warehouse", "driver"] as const).filter((role) => !note.signatures.some((each) => each.role === role));
  return (
    <Form<Signature> key={roles[0]} layout="vertical" requiredMark={false} initialValues={{ role: roles[0] }} onFinish={(body) => sign.mutate({ params: { path: { note_id: note.id } }, body })}>
      <Flex gap="middle" wrap align="end">
        <Form.Item name="role" label={t("portal.handover.who")}>
          <Radio.Group optionType="button" options={roles.map((value) => ({ value, label: t(`portal.handover.${value}`) }))} />
        </Form.Item>
        <Form.Item name="signed_by" label={t("portal.handover.name")} rules={[{ required: true, whitespace: true, message: t("mappings.wanted") }]}><Input autoComplete="off" maxLength={200} /></Form.Item>
        <Form.Item><Button type="primary" htmlType="submit" loading={sign.isPending}>{t("portal.handover.sign")}</Button></Form.Item>
      </Flex>
      <p className="secondary">{t("portal.handover.sign_hint")}</p>
    </Form>
  );
}
