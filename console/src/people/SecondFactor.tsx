import { Alert, Button, Flex, Form, Input, QRCode, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { useTold } from "../pieces/told";
import { useMe } from "../shell/session";

/** 两步验证: begun with the password, on once a code of it was shown; its recovery codes are seen once. */
export function SecondFactor() {
  const { t } = useTranslation();
  const me = useMe();
  const [seed, setSeed] = useState<Schemas["FactorOut"] | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const told = useTold();
  const begin = api.useMutation("post", "/v1/me/second_factor", { ...told, onSuccess: (found: Schemas["FactorOut"]) => setSeed(found) });
  const again = useTold(t("people.confirmed"));
  const shown = {
    ...again,
    onSuccess: async ({ recovery_codes }: Schemas["CodesOut"]) => {
      setSeed(null);
      setCodes(recovery_codes);
      await again.onSuccess();
    },
  };
  const confirm = api.useMutation("post", "/v1/me/second_factor/confirm", shown);
  const fresh = api.useMutation("post", "/v1/me/recovery_codes", shown);
  const remove = api.useMutation("post", "/v1/me/second_factor/remove", useTold(t("people.stopped"), () => setCodes([])));
  return (
    <Flex vertical gap="middle" align="start">
      <Typography.Text>{me.second_factor ? t("people.factor_on", { count: me.recovery_codes_left }) : t("people.factor_off")}</Typography.Text>
      {codes.length > 0 && (
        <Alert type="warning" showIcon title={t("people.codes")} description={<>{t("people.codes_keep")}<pre style={{ columns: 2, marginBottom: 0 }}>{codes.join("\n")}</pre></>} />
      )}
      {!me.second_factor && seed === null && <Proof send={(body) => begin.mutate({ body })} act={t("people.begin")} busy={begin.isPending} />}
      {seed !== null && <Seed seed={seed} send={(body) => confirm.mutate({ body })} busy={confirm.isPending} />}
      {me.second_factor && (
        <Proven fresh={(body) => fresh.mutate({ body })} remove={(body) => remove.mutate({ body })} busy={fresh.isPending || remove.isPending} />
      )}
    </Flex>
  );
}

const DIGITS = { inputMode: "numeric", autoComplete: "one-time-code", maxLength: 6 } as const;

function Proof({ send, act, busy }: { send: (body: Schemas["Proof"]) => void; act: string; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Form layout="vertical" requiredMark={false} onFinish={send}>
      <Form.Item name="password" label={t("people.password_now")} rules={[{ required: true, message: t("people.wanted") }]}><Input.Password size="large" autoComplete="current-password" /></Form.Item>
      <Button type="primary" htmlType="submit" loading={busy}>{act}</Button>
    </Form>
  );
}

function Seed({ seed, send, busy }: { seed: Schemas["FactorOut"]; send: (body: Schemas["Coded"]) => void; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="small">
      <span>{t("people.scan")}</span>
      <QRCode value={seed.uri} type="svg" size={180} aria-label={t("people.factor_title")} />
      <Typography.Text code copyable={{ tooltips: false }}>{seed.secret}</Typography.Text>
      <Form layout="vertical" requiredMark={false} onFinish={send}>
        <Form.Item name="otp" label={t("people.code")} rules={[{ required: true, message: t("people.wanted") }]}><Input {...DIGITS} /></Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>{t("people.confirm")}</Button>
      </Form>
    </Flex>
  );
}

function Proven({ fresh, remove, busy }: { fresh: (body: Schemas["Proven"]) => void; remove: (body: Schemas["Proven"]) => void; busy: boolean }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Schemas["Proven"]>();
  const wanted = [{ required: true, message: t("people.wanted") }];
  const withBoth = (send: (body: Schemas["Proven"]) => void) => void form.validateFields().then(send, () => undefined);
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={fresh}>
      <Form.Item name="password" label={t("people.password_now")} rules={wanted}><Input.Password size="large" autoComplete="current-password" /></Form.Item>
      <Form.Item name="otp" label={t("people.code")} rules={wanted}><Input {...DIGITS} /></Form.Item>
      <Flex gap="small" wrap>
        <Button htmlType="submit" loading={busy}>{t("people.codes_new")}</Button>
        <Button danger loading={busy} onClick={() => withBoth(remove)}>{t("people.stop")}</Button>
      </Flex>
    </Form>
  );
}
