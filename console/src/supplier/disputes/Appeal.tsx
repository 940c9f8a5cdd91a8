import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useSay } from "../../pieces/say";
import type { Case } from "./CaseDrawer";

/** Against the decision, once. */
export function Appeal({ own }: { own: Case }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const appeal = api.useMutation("post", "/v1/disputes/{dispute_id}/appeal", { onError: say.failed, onSuccess: () => queries.invalidateQueries() });
  return (
    <Card size="small" title={t("portal.disputes.appeal")}>
      <Form<{ text: string }> layout="vertical" requiredMark={false} onFinish={(body) => appeal.mutate({ params: { path: { dispute_id: own.id } }, body })}>
        <Form.Item name="text" label={t("portal.disputes.why")} rules={[{ required: true, whitespace: true, message: t("mappings.wanted") }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
        <Button htmlType="submit" loading={appeal.isPending}>{t("portal.disputes.appeal")}</Button>
      </Form>
    </Card>
  );
}
