import { Button, Card, DatePicker, Drawer, Flex, Form, Input, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { useAddress } from "../address";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";
import { OneEvent, type Recorded } from "./OneEvent";

const ONCE = { ...BY_CURSOR, staleTime: Infinity, refetchOnWindowFocus: false };

/** The record of a shop, or of the platform, searched; each event with the proof of it. */
export function Component() {
  const { t } = useTranslation();
  const [said, say] = useAddress();
  const shop_id = Number(said("shop")) || 0;
  const query = {
    kind: said("kind"),
    subject: said("subject"),
    order_id: Number(said("order")) || undefined,
    actor: said("actor"),
    from: said("from"),
    until: said("until"),
  };
  return (
    <Page title={t("menu.desk_record")} hint={t("desk.record_hint")}>
      <Card size="small"><Asked shop_id={shop_id} query={query} search={say} /></Card>
      <Card size="small">
        {shop_id ? <OfShop key={shop_id} shop_id={shop_id} query={query} /> : <OfPlatform query={query} />}
      </Card>
    </Page>
  );
}

interface Query {
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

function Asked({ shop_id, query, search }: { shop_id: number; query: Query; search: (changes: Record<string, string | undefined>) => void }) {
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
    <Form<Entered> layout="vertical" initialValues={begun} onFinish={send}>
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

/** That an operator looks into a shop is recorded there: this asks once, and not again by itself. */
function OfShop({ shop_id, query }: { shop_id: number; query: Query }) {
  const found = api.useInfiniteQuery("get", "/v1/shops/{shop_id}/record/events", { params: { path: { shop_id }, query } }, ONCE);
  return <Found query={found} shop_id={shop_id} />;
}

function OfPlatform({ query }: { query: Query }) {
  const found = api.useInfiniteQuery("get", "/v1/record/events", { params: { query } }, ONCE);
  return <Found query={found} shop_id={0} />;
}

function Found({ query, shop_id }: { query: React.ComponentProps<typeof CursorTable<Recorded, number>>["query"]; shop_id: number }) {
  const { t } = useTranslation();
  const forms = useDeskForms();
  const shopName = useShopNames();
  const [said, say] = useAddress();
  const event = query.data?.pages.flatMap(({ items }) => items).find(({ event_id }) => String(event_id) === said("event"));
  return (
    <>
      <CursorTable
        query={query}
        rowKey={({ event_id }) => event_id}
        empty={t("desk.nothing_found")}
        width={820}
        columns={[
          { title: t("desk.at"), render: (_, row) => forms.moment(row.at) },
          { title: t("desk.event_kind"), render: (_, row) => <Button type="link" style={{ padding: 0 }} onClick={() => say({ event: String(row.event_id) })}>{row.kind}</Button> },
          { title: t("desk.subject"), render: (_, row) => [row.subject, row.order_id !== null && !row.subject.startsWith("order:") && `order:${row.order_id}`].filter(Boolean).join(" · ") },
          { title: t("desk.actor"), dataIndex: "actor" },
          { title: t("desk.from_address"), render: (_, row) => row.address ?? "–" },
          { title: t("desk.seal"), render: (_, row) => row.seal_no ?? <span className="secondary">{t("desk.not_sealed")}</span> },
        ]}
      />
      <Drawer open={event !== undefined} onClose={() => say({ event: undefined })} size="min(680px, 100vw)" title={event && `${shop_id ? shopName(shop_id) : t("desk.platform")} · ${t("desk.event", { id: event.event_id })}`} closable={{ "aria-label": t("list.close") }} destroyOnHidden>
        {event && <OneEvent event={event} shop_id={shop_id} />}
      </Drawer>
    </>
  );
}
