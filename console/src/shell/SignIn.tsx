import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation, useNavigate } from "react-router";
import { api, carryToken, type Schemas } from "../api/client";
import { isRefusal } from "../api/refusal";
import { Door } from "./Door";
import { homeOf, useSignedIn } from "./session";
import { usePageTitle } from "../pieces/Page";

const CODE_WANTED = "sign_in.otp_needed";

interface Entered {
  email: string;
  password: string;
  otp?: string;
}

export function Component() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const state = useLocation().state as { from?: string } | null;
  const [codeWanted, setCodeWanted] = useState(false);
  const me = useSignedIn();
  usePageTitle(t("sign_in.title"));
  const signIn = api.useMutation("post", "/v1/sign_in", {
    onSuccess: async (answer: Schemas["SignedInOut"]) => {
      carryToken(answer.csrf_token);
      await queries.resetQueries();
      void navigate(state?.from ?? "/", { replace: true });
    },
    onError: (error: unknown) => {
      if (isRefusal(error) && error.code === CODE_WANTED) setCodeWanted(true);
    },
  });
  if (me.data && !signIn.isPending) return <Navigate to={state?.from ?? homeOf(me.data.places[0])} replace />;
  const refusal = isRefusal(signIn.error) && signIn.error.code !== CODE_WANTED ? signIn.error : null;
  const enter = ({ email, password, otp }: Entered) => signIn.mutate({ body: { email, password, otp: otp || null } });
  return (
    <Door title={t("sign_in.title")}>
      <Typography.Paragraph type="secondary">{t("sign_in.hint")}</Typography.Paragraph>
      <Form<Entered> layout="vertical" onFinish={enter} requiredMark={false} size="large">
        <Form.Item name="email" label={t("sign_in.email")} rules={[{ required: true, message: t("sign_in.email_wanted") }]}>
          <Input autoComplete="username" inputMode="email" />
        </Form.Item>
        <Form.Item name="password" label={t("sign_in.password")} rules={[{ required: true, message: t("sign_in.password_wanted") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {codeWanted && (
          <Form.Item name="otp" label={t("sign_in.code")} extra={t("sign_in.code_hint")} rules={[{ required: true, message: t("sign_in.code_wanted") }]}>
            <Input autoComplete="one-time-code" inputMode="numeric" />
          </Form.Item>
        )}
        {refusal && <Alert type="error" showIcon title={refusal.title} style={{ marginBottom: 16 }} role="alert" />}
        {signIn.error && !isRefusal(signIn.error) && <Alert type="error" showIcon title={t("failure.offline")} style={{ marginBottom: 16 }} />}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>{t("sign_in.enter")}</Button>
      </Form>
      <Typography.Paragraph style={{ margin: "16px 0 0" }}><Link to="/password">{t("sign_in.forgotten")}</Link></Typography.Paragraph>
    </Door>
  );
}
