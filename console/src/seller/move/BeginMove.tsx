import { Alert, App, Button, Card, Flex, Form, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { useTold } from "../../pieces/told";
import { Waiting } from "../../pieces/Waiting";
import { useMay, useShop } from "../shops";
import { ChoicesField } from "./ChoicesField";
import { type Choices, chosenOf, MOST_CHOSEN, type Ramp, rampOf, type Unsold, useHorizonDays } from "./move";
import { RampField } from "./RampField";
import { Refused } from "./Refused";

interface Entered {
  pace: "at_once" | "by_day";
  ramp: Ramp;
  choices: Choices;
}

/** A move alone: the shop stays in JIT, its products leave it. Where it cannot begin, why, and where to go instead. */
export function BeginMove() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay()("exits.write");
  const params = { path: { shop_id: shop.id } };
  const enrolment = api.useQuery("get", "/v1/shops/{shop_id}/enrolment", { params });
  const on = enrolment.data?.state === "on";
  const ahead = api.useQuery("get", "/v1/shops/{shop_id}/exits/forecast", { params }, { enabled: on });
  const error = enrolment.error ?? ahead.error;
  if (error) return <Failure error={error} retry={() => void ahead.refetch()} />;
  if (!enrolment.data) return <Waiting />;
  if (enrolment.data.state === "leaving") return <Alert type="info" showIcon title={t("move.leaving")} action={<Link to={`/seller/${shop.id}/leaving`}>{t("menu.leaving")}</Link>} />;
  if (!on) return <Alert type="info" showIcon title={t("move.not_in_jit")} action={<Link to={`/seller/${shop.id}/settings`}>{t("menu.settings")}</Link>} />;
  if (!ahead.data) return <Waiting />;
  return <Begin may={may} unsold={ahead.data.unsold} />;
}

function Begin({ may, unsold }: { may: boolean; unsold: readonly Unsold[] }) {
  const { t } = useTranslation();
  const shop = useShop();
  const { modal } = App.useApp();
  const days = useHorizonDays();
  const [form] = Form.useForm<Entered>();
  const pace = Form.useWatch("pace", form);
  const { onSuccess } = useTold(t("move.begun"));
  const start = api.useMutation("post", "/v1/shops/{shop_id}/moves", { onSuccess });
  const send = async ({ pace: chosen, ramp, choices }: Entered) => {
    const sure = await modal.confirm({ title: t("move.begin_sure"), content: t("move.begin_means", { count: days }), okText: t("move.begin") });
    if (!sure) return;
    const body = { ramp: chosen === "by_day" ? rampOf(ramp) : null, products: chosenOf(choices) };
    start.mutate({ params: { path: { shop_id: shop.id } }, body });
  };
  const fits = { validator: (_: unknown, ramp: Ramp) => (rampOf(ramp) ? Promise.resolve() : Promise.reject(new Error(t("move.ramp_rule", { count: days })))) };
  const few = { validator: (_: unknown, choices: Choices) => (chosenOf(choices).length <= MOST_CHOSEN ? Promise.resolve() : Promise.reject(new Error(t("move.too_many", { count: MOST_CHOSEN })))) };
  return (
    <Card size="small" title={t("move.begin_title")}>
      <p className="secondary" style={{ marginTop: 0 }}>{t("move.begin_hint", { count: days })}</p>
      <Form<Entered> form={form} layout="vertical" requiredMark={false} disabled={!may} initialValues={{ pace: "at_once", ramp: [20, 40, 60, 80, 100], choices: {} }} onFinish={(entered) => void send(entered)}>
        <Form.Item name="pace" label={t("move.pace")}>
          <Radio.Group options={[{ value: "at_once", label: t("move.at_once") }, { value: "by_day", label: t("move.by_day") }]} />
        </Form.Item>
        {pace === "by_day" && <Form.Item name="ramp" label={t("move.ramp")} rules={[fits]}><RampField /></Form.Item>}
        <Form.Item name="choices" label={t("move.choices")} rules={[few]}><ChoicesField rows={unsold} in_exit={false} /></Form.Item>
        {!may && <Alert type="info" showIcon title={t("move.owner_only")} style={{ marginBottom: 16 }} />}
        <Flex vertical gap="middle" align="start">
          <Refused error={start.error} />
          <Button type="primary" htmlType="submit" loading={start.isPending}>{t("move.begin")}</Button>
        </Flex>
      </Form>
    </Card>
  );
}
