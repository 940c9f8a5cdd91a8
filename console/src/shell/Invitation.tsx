import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { api, carryToken, type Schemas } from "../api/client";
import { isRefusal } from "../api/refusal";
import { Failure } from "../pieces/Failure";
import { usePageTitle } from "../pieces/Page";
import { Waiting } from "../pieces/Waiting";
import { currentLanguage } from "../texts";
import { Door } from "./Door";

interface Entered {
  name: string;
  email: string;
  password: string;
}

/** Where a letter's link leads: whoever opens it gives a name and a password, and is signed in. */
export function Component() {
  const { t } = useTranslation();
  const token = useLocation().hash.slice(1);
  const invited = api.useQuery("get", "/v1/invitations/{token}", { params: { path: { token } } }, { retry: false });
  usePageTitle(t("sign_in.invitation"));
  return (
    <Door title={t("sign_in.invitation")}>
      {invited.error && <Failure error={invited.error} />}
      {invited.isPending && <Waiting />}
      {invited.data && <Joining token={token} invited={invited.data} />}
    </Door>
  );
}

function Joining({ token, invited }: { token: string; invited: Schemas["InvitedOut"] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const accept = api.useMutation("post", "/v1/invitations/{token}/accept", {
    onSuccess: async (answer: Schemas["SignedInOut"]) => {
      carryToken(answer.csrf_token);
      await queries.resetQueries();
      void navigate("/", { replace: true });
    },
  });
  const send = (entered: Entered) =>
    accept.mutate({ params: { path: { token } }, body: { ...entered, locale: currentLanguage() } });
  return (
    <Form<Entered> layout="vertical" onFinish={send} initialValues={{ email: invited.email ?? "" }} requiredMark={false} size="large">
      <Form.Item name="name" label={t("sign_in.name")} rules={[{ required: true, message: t("sign_in.name_wanted") }]}>
        <Input autoComplete="name" />
      </Form.Item>
      <Form.Item name="email" label={t("sign_in.email")} rules={[{ required: true, message: t("sign_in.email_wanted") }]}>
        <Input autoComplete="username" inputMode="email" />
      </Form.Item>
      <Form.Item name="password" label={t("sign_in.password")} extra={t("sign_in.password_hint")} rules={[{ required: true, message: t("sign_in.password_wanted") }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {isRefusal(accept.error) && <Alert type="error" showIcon title={accept.error.title} description={accept.error.detail} style={{ marginBottom: 16 }} />}
      <Button type="primary" htmlType="submit" block loading={accept.isPending}>{t("sign_in.join")}</Button>
    </Form>
  );
}
