import { Alert, Button, Form, Input, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { api } from "../api/client";
import { isRefusal } from "../api/refusal";
import { usePageTitle } from "../pieces/Page";
import { Door } from "./Door";

/** A forgotten password: without a letter's token one asks for the letter, with it one sets another. */
export function Component() {
  const { t } = useTranslation();
  const token = useLocation().hash.slice(1);
  usePageTitle(t("sign_in.reset"));
  return <Door title={t("sign_in.reset")}>{token ? <Another token={token} /> : <Ask />}</Door>;
}

function Ask() {
  const { t } = useTranslation();
  const ask = api.useMutation("post", "/v1/password_resets");
  if (ask.isSuccess) return <Result status="success" title={t("sign_in.reset_sent")} />;
  return (
    <Form<{ email: string }> layout="vertical" onFinish={(body) => ask.mutate({ body })} requiredMark={false} size="large">
      <Form.Item name="email" label={t("sign_in.email")} rules={[{ required: true, message: t("sign_in.email_wanted") }]}>
        <Input autoComplete="username" inputMode="email" />
      </Form.Item>
      <Refused error={ask.error} />
      <Button type="primary" htmlType="submit" block loading={ask.isPending}>{t("sign_in.reset_ask")}</Button>
    </Form>
  );
}

function Another({ token }: { token: string }) {
  const { t } = useTranslation();
  const set = api.useMutation("post", "/v1/password_resets/{token}");
  if (set.isSuccess) return <Result status="success" title={t("sign_in.reset_done")} extra={<Link to="/sign-in">{t("sign_in.enter")}</Link>} />;
  return (
    <Form<{ password: string }> layout="vertical" onFinish={(body) => set.mutate({ params: { path: { token } }, body })} requiredMark={false} size="large">
      <Form.Item name="password" label={t("sign_in.password_new")} extra={t("sign_in.password_hint")} rules={[{ required: true, message: t("sign_in.password_wanted") }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Refused error={set.error} />
      <Button type="primary" htmlType="submit" block loading={set.isPending}>{t("sign_in.reset_set")}</Button>
    </Form>
  );
}

function Refused({ error }: { error: unknown }) {
  if (!isRefusal(error)) return null;
  return <Alert type="error" showIcon title={error.title} description={error.detail} style={{ marginBottom: 16 }} />;
}
