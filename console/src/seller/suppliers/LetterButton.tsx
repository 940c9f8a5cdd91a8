import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Paper } from "../../pieces/Paper";
import { useSay } from "../../pieces/say";
import { useMe } from "../../shell/session";
import { useMay, useShop } from "../shops";

/** 供应商解约确认函: read it, and, where it waits for that, sign it with one's name (电子签章). A forced exit has its letters signed by themselves. */
export function LetterButton({ letter_id, waits = true }: { letter_id: number; waits?: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const signs = useMay()("letters.write") && waits;
  return (
    <>
      <Button size="small" type={signs ? "primary" : "default"} onClick={() => setOpen(true)}>
        {t(signs ? "suppliers.read_and_sign" : "suppliers.read")}
      </Button>
      <Modal open={open} title={t("suppliers.letter")} onCancel={() => setOpen(false)} footer={null} width="min(900px, 96vw)" destroyOnHidden>
        <Letter letter_id={letter_id} signs={signs} close={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function Letter({ letter_id, signs, close }: { letter_id: number; signs: boolean; close: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  return (
    <Flex vertical gap="middle">
      <Paper path={`/v1/shops/${shop.id}/letters/${letter_id}.pdf`} title={t("suppliers.letter")} />
      {signs && <Sign letter_id={letter_id} done={close} />}
    </Flex>
  );
}

function Sign({ letter_id, done }: { letter_id: number; done: () => void }) {
  const { t } = useTranslation();
  const shop = useShop();
  const me = useMe();
  const say = useSay();
  const queries = useQueryClient();
  const sign = api.useMutation("post", "/v1/shops/{shop_id}/letters/{letter_id}/sign", {
    onError: say.failed,
    onSuccess: async () => {
      say.done(t("suppliers.signed"));
      done();
      await queries.invalidateQueries();
    },
  });
  const send = ({ name, otp }: { name: string; otp?: string }) =>
    sign.mutate({ params: { path: { shop_id: shop.id, letter_id } }, body: { name, otp: otp ?? null } });
  return (
    <Form layout="vertical" onFinish={send} requiredMark={false}>
      <Alert type="info" showIcon title={t("suppliers.sign_means")} style={{ marginBottom: 16 }} />
      <Flex gap="middle" wrap align="end">
        <Form.Item name="name" label={t("suppliers.sign_name")} rules={[{ required: true, message: t("suppliers.sign_name_wanted") }]}>
          <Input autoComplete="name" />
        </Form.Item>
        {me.second_factor && (
          <Form.Item name="otp" label={t("sign_in.code")} rules={[{ required: true, message: t("sign_in.code_wanted") }]}>
            <Input autoComplete="one-time-code" inputMode="numeric" />
          </Form.Item>
        )}
        <Form.Item>
          <Button type="primary" htmlType="submit" loading={sign.isPending}>{t("suppliers.sign")}</Button>
        </Form.Item>
      </Flex>
    </Form>
  );
}
