import { Button, DatePicker, Flex, Form, Input, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";

export interface Query {
  kind: string | undefined;
  subject: string | undefined;
  order_id: number | undefined;
  actor: string | undefined;
  from: string | undefined;
  until: string | undefined;
}

interface Entered {
  shop: number;
  kind?: string;
  subject?: string;
  order?: string;
  actor?: string;
  time?: [Dayjs | null, Dayjs | null] | null;
}

/** What is looked for, as a form; the address keeps it. */
export function Asked({ shop_id, query, search }: { shop_id: number; query: Query; search: (changes: Record<string, string | undefined>) => void }) {
  const { t } = useTranslation();
  const shops = api.useQuery("get", "/v1/shops", { params: { query: { limit: 200 } } }, { staleTime: 60_000 });
  const begun: Entered = {
    shop: shop_id,
    ...(query.kind && { kind: query.kind }),
    ...(query.subject && { subject: query.subject }),
    ...(query.order_id && { order: String(query.order_id) }),
    ...(query.actor && { actor: query.actor }),
    time: [query.from ? dayjs(query.from) : null, query.until ? dayjs(query.until) : null],
  };
  const send = ({ shop, kind, subject, order, actor, time }: Entered) =>
    search({ shop: shop ? String(shop) : undefined, kind, subject, order, actor, from: time?.[0]?.toISOString(), until: time?.[1]?.toISOString(), event: undefined });
  return (
    <Form<Entered> className="asked" layout="vertical" initialValues={begun} onFinish={send}>
      <Flex gap="middle" wrap align="end">
        <Form.Item name="shop" label={t("desk.shop")} style={{ marginBottom: 0, width: 190 }}>
          <Select options={[{ value: 0, label: t("desk.platform") }, ...(shops.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [])]} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
        <Form.Item name="kind" label={t("desk.event_kind")} style={{ marginBottom: 0, width: 190 }}><Input placeholder={t("desk.event_kind_hint")} /></Form.Item>
        <Form.Item name="subject" label={t("desk.subject")} style={{ marginBottom: 0, width: 140 }}><Input placeholder={t("desk.subject_hint")} /></Form.Item>
        <Form.Item name="order" label={t("desk.order")} rules={[{ pattern: /^\d{1,15}$/, message: "" }]} style={{ marginBottom: 0, width: 110 }}><Input inputMode="numeric" /></Form.Item>
        <Form.Item name="actor" label={t("desk.actor")} style={{ marginBottom: 0, width: 140 }}><Input placeholder="shop:1" /></Form.Item>
        <Form.Item name="time" label={`${t("desk.from")} – ${t("desk.until")}`} style={{ marginBottom: 0 }}><DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" allowEmpty={[true, true]} /></Form.Item>
        <Button type="primary" htmlType="submit">{t("desk.search")}</Button>
      </Flex>
    </Form>
  );
}
