import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Checkbox, Flex, Form, Input, Popconfirm, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";

/** Sets the address, which answers its secret this once; the one before is good for a while beside it. */
export function EndpointForm({ url }: { url: string | undefined }) {
  const { t } = useTranslation();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const put = api.useMutation("put", "/v1/supplier/endpoint", {
    onError: say.failed,
    onSuccess: async ({ secret }) => {
      modal.success({ title: t("portal.pushes.secret"), content: <Typography.Text code copyable>{secret}</Typography.Text> });
      await queries.invalidateQueries();
    },
  });
  const remove = api.useMutation("delete", "/v1/supplier/endpoint", { onError: say.failed, onSuccess: () => queries.invalidateQueries() });
  return (
    <Form<Schemas["EndpointIn"]> key={url} layout="vertical" requiredMark={false} initialValues={{ url, ordered: false }} onFinish={(body) => put.mutate({ body })}>
      <Form.Item name="url" label={t("portal.pushes.set")} rules={[{ required: true, type: "url", message: t("portal.pushes.url_wanted") }]}><Input type="url" placeholder="https://" autoComplete="off" /></Form.Item>
      <Form.Item name="ordered" valuePropName="checked"><Checkbox>{t("portal.pushes.one_by_one")}</Checkbox></Form.Item>
      <Flex gap="small" wrap>
        <Button type="primary" htmlType="submit" loading={put.isPending}>{t(url ? "portal.pushes.change" : "portal.pushes.begin")}</Button>
        {url && (
          <Popconfirm title={t("portal.pushes.stop_sure")} onConfirm={() => remove.mutateAsync({})}>
            <Button danger loading={remove.isPending}>{t("portal.pushes.stop")}</Button>
          </Popconfirm>
        )}
      </Flex>
    </Form>
  );
}
