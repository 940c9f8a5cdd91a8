import { Alert, Badge, Button, Col, Flex, Form, Input, Popconfirm, Row } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../api/client";
import { CursorTable } from "../pieces/CursorTable";
import { Section } from "../pieces/Section";
import { BY_CURSOR, itemsOf } from "../pieces/paged";
import { useTold } from "../pieces/told";
import { SecondFactor } from "./SecondFactor";
import { useParty } from "./party";

/** One's own sign-in: the password, the second factor, and where one is signed in. */
export function Security() {
  const { t } = useTranslation();
  return (
    <Flex vertical gap="large">
      <Row gutter={[32, 24]}>
        <Col xs={24} lg={12}><Section title={t("people.factor_title")}><SecondFactor /></Section></Col>
        <Col xs={24} lg={12}><Section title={t("people.password")}><Password /></Section></Col>
      </Row>
      <Section title={t("people.sessions")}><Sessions /></Section>
      <Alert type="info" title={t("people.keys")} />
    </Flex>
  );
}

function Password() {
  const { t } = useTranslation();
  const [form] = Form.useForm<Schemas["PasswordChange"]>();
  // The session's new token comes with `GET /v1/me`, which is asked again like all that is shown.
  const put = api.useMutation("post", "/v1/me/password", useTold(t("people.password_done"), () => form.resetFields()));
  const wanted = [{ required: true, message: t("people.wanted") }];
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => put.mutate({ body })}>
      <Form.Item name="password" label={t("people.password_now")} rules={wanted}><Input.Password size="large" autoComplete="current-password" /></Form.Item>
      <Form.Item name="new_password" label={t("people.password_new")} extra={t("sign_in.password_hint")} rules={wanted}><Input.Password size="large" autoComplete="new-password" /></Form.Item>
      <Button htmlType="submit" loading={put.isPending}>{t("people.save")}</Button>
    </Form>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const forms = useParty().forms;
  const found = api.useInfiniteQuery("get", "/v1/sessions", { params: { query: {} } }, BY_CURSOR);
  const told = useTold(t("people.ended"));
  const end = api.useMutation("delete", "/v1/sessions/{session_id}", told);
  const others = api.useMutation("delete", "/v1/sessions", told);
  return (
    <Flex vertical gap="small">
      <CursorTable
        query={found}
        rowKey={({ id }) => id}
        empty=""
        width={680}
        columns={[
          { title: t("people.session"), render: (_, row) => (row.current ? <Badge status="success" text={<>{deviceOf(row.agent)} · {t("people.this_one")}</>} /> : deviceOf(row.agent)) },
          { title: t("people.address"), dataIndex: "address" },
          { title: t("people.made"), render: (_, row) => forms.instant(row.made_at) },
          { title: t("people.seen"), render: (_, row) => forms.instant(row.seen_at) },
          {
            title: t("suppliers.acts"),
            render: (_, row) =>
              !row.current && <Button autoInsertSpace={false} size="small" aria-label={`${t("people.end")}: ${deviceOf(row.agent)} ${forms.instant(row.made_at)}`} onClick={() => end.mutate({ params: { path: { session_id: row.id } } })}>{t("people.end")}</Button>,
          },
        ]}
      />
      {itemsOf(found.data).length > 1 && (
        <Popconfirm title={t("people.end_others")} onConfirm={() => others.mutate({})}>
          <Button style={{ alignSelf: "start" }} loading={others.isPending}>{t("people.end_others")}</Button>
        </Popconfirm>
      )}
    </Flex>
  );
}

/** Of what a browser says of itself, its name and its system. */
function deviceOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\/(\d+)/.exec(agent.replace("HeadlessChrome", "Chrome"));
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(agent);
  return [browser && `${browser[1]} ${browser[2]}`, system?.[0]].filter(Boolean).join(" · ") || agent.slice(0, 40) || "–";
}
