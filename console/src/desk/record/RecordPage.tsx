import { DownloadOutlined } from "@ant-design/icons";
import { Button, Card, Drawer, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { useCsv } from "../../pieces/csv";
import { Page } from "../../pieces/Page";
import { BY_CURSOR } from "../../pieces/paged";
import { ofBoth } from "../../texts/use";
import { useAddress } from "../address";
import { useShopNames } from "../shop_names";
import { useDeskForms } from "../zone";
import { Asked, type Query } from "./Asked";
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
    <Page title={t("menu.desk_record")} hint={t("desk.record_hint")} actions={<Csv shop_id={shop_id} query={query} />}>
      <Card size="small"><Asked shop_id={shop_id} query={query} search={say} /></Card>
      <Card size="small">
        {shop_id ? <OfShop key={shop_id} shop_id={shop_id} query={query} /> : <OfPlatform query={query} />}
      </Card>
    </Page>
  );
}

/** What was found as a file, page after page, as far as such a file goes. */
function Csv({ shop_id, query }: { shop_id: number; query: Query }) {
  const { t } = useTranslation();
  const saveCsv = useCsv();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const asked = { ...query, order_id: query.order_id?.toString() };
    await saveCsv(shop_id ? `/v1/shops/${shop_id}/record/events` : "/v1/record/events", asked, `record-${shop_id}.csv`);
    setBusy(false);
  };
  return <Button icon={<DownloadOutlined aria-hidden />} loading={busy} onClick={() => void save()}>{t("list.csv")}</Button>;
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
        empty={t(query.hasNextPage ? "desk.looked_back" : "desk.nothing_found")}
        width={820}
        columns={[
          { title: t("desk.at"), render: (_, row) => forms.moment(row.at) },
          {
            title: t("desk.event_kind"),
            render: (_, row) => (
              <Flex vertical align="start">
                <Button type="link" style={{ padding: 0, height: "auto", whiteSpace: "normal", textAlign: "start" }} onClick={() => say({ event: String(row.event_id) })}>{ofBoth(row.text)}</Button>
                <code className="secondary">{row.kind}</code>
              </Flex>
            ),
          },
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
