import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Flex, Form, Input, Radio, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { useSay } from "../../pieces/say";
import { useWords } from "../../texts/use";
import { GentlyFields, type Gently, moveIn } from "../move/OfExit";
import { useMay, useShop } from "../shops";
import { ForecastCard } from "./ForecastCard";
import { Rehearsal } from "./Rehearsal";

type Entered = Pick<Schemas["ExitIn"], "reason" | "note"> & Gently;
const REASONS = ["mistake", "strategy", "cost", "service", "other"] as const;

/** Before it starts: why, what it would change, by when it would be done - and the start itself. */
export function Begin() {
  const { t } = useTranslation();
  const word = useWords();
  const shop = useShop();
  const may = useMay();
  const say = useSay();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const params = { path: { shop_id: shop.id } };
  const [form] = Form.useForm<Entered>();
  const rehearse = api.useMutation("post", "/v1/shops/{shop_id}/exits/rehearse", { onError: say.failed });
  const start = api.useMutation("post", "/v1/shops/{shop_id}/exits", {
    onError: say.failed,
    onSuccess: () => queries.invalidateQueries(),
  });
  const gently = Form.useWatch<boolean | undefined>("gently", form);
  const ahead = api.useQuery("get", "/v1/shops/{shop_id}/exits/forecast", { params });
  const begin = async (entered: Entered) => {
    const sure = await modal.confirm({ title: t("exit.start_sure"), content: t("exit.start_means"), okText: t("exit.start") });
    if (sure) start.mutate({ params, body: { reason: entered.reason, note: entered.note || null, move: moveIn(entered) } });
  };
  const look = () => {
    const entered = form.getFieldsValue();
    rehearse.mutate({ params, body: { reason: entered.reason, move: moveIn(entered) } });
  };
  return (
    <Flex vertical gap="middle">
      <Card>
        <Typography.Title level={2} style={{ fontSize: 18, marginTop: 0 }}>{t("exit.begin_title")}</Typography.Title>
        <Typography.Paragraph type="secondary">{t("exit.begin_hint")}</Typography.Paragraph>
        <Form<Entered> form={form} layout="vertical" initialValues={{ reason: "strategy" }} onFinish={(entered) => void begin(entered)} disabled={!may("exits.write")}>
          <Form.Item name="reason" label={t("exit.reason")}>
            <Radio.Group options={REASONS.map((value) => ({ value, label: word("reason", value) }))} />
          </Form.Item>
          <Form.Item name="note" label={t("exit.note")}>
            <Input.TextArea rows={2} maxLength={2000} />
          </Form.Item>
          <GentlyFields unsold={ahead.data?.unsold ?? []} />
          {!may("exits.write") && <Alert type="info" showIcon title={t("exit.owner_only")} style={{ marginBottom: 16 }} />}
          <Flex gap="small" wrap>
            <Button onClick={look} loading={rehearse.isPending}>{t("exit.rehearse")}</Button>
            <Button type="primary" htmlType="submit" loading={start.isPending}>{t("exit.start")}</Button>
          </Flex>
        </Form>
      </Card>
      {rehearse.data ? <Rehearsal found={rehearse.data} /> : ahead.data && <ForecastCard forecast={ahead.data.forecast} unsold={gently ? [] : ahead.data.unsold} />}
    </Flex>
  );
}
