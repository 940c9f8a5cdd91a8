import { Button, Flex, Timeline, Typography } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { useWords } from "../../texts/use";
import { useShop, useShopForms } from "../shops";

export type Scan = Schemas["ParcelScan"];
const ParcelMap = lazy(() => import("./ParcelMap"));
const EVERY = 30_000;
const TROUBLE: ReadonlySet<Scan["status"]> = new Set(["exception", "delivery_failed", "returning", "returned", "lost"]);

/** A parcel: its label, and its way by the carrier's scans, on a map of places and times and scan by scan. */
export function Parcel({ parcel }: { parcel: Schemas["ParcelOut"] }) {
  const { t } = useTranslation();
  const word = useWords();
  return (
    <Flex vertical gap="small">
      <div>
        {parcel.carrier} <Typography.Text copyable={{ tooltips: false }} code>{parcel.waybill}</Typography.Text> {word("parcel", parcel.status)}
        {parcel.voided_at && ` · ${t("orders.voided")}`}
        <div><Typography.Text type="secondary" style={{ fontSize: 12 }}>{t("orders.parcel_size", { ...parcel })}</Typography.Text></div>
      </div>
      {parcel.last_scan_at && <Way parcel={parcel} />}
    </Flex>
  );
}

function Way({ parcel }: { parcel: Schemas["ParcelOut"] }) {
  const { t } = useTranslation();
  const { id: shop_id } = useShop();
  const found = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/parcels/{parcel_id}/scans",
    { params: { path: { shop_id, parcel_id: parcel.id }, query: {} } },
    { ...BY_CURSOR, refetchInterval: EVERY },
  );
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />;
  const scans = itemsOf(found.data);
  return (
    <section aria-label={t("parcel.way", { waybill: parcel.waybill })}>
      {scans.length > 1 && <Suspense fallback={null}><ParcelMap scans={scans} waybill={parcel.waybill} /></Suspense>}
      <Scans scans={scans} />
      {found.hasNextPage && <Button size="small" onClick={() => void found.fetchNextPage()}>{t("list.more")}</Button>}
    </section>
  );
}

function Scans({ scans }: { scans: readonly Scan[] }) {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useShopForms();
  const items = scans.map((scan, index) => {
    const before = scans[index - 1];
    const took = before && (Date.parse(scan.occurred_at) - Date.parse(before.occurred_at)) / 1_000;
    return {
      color: TROUBLE.has(scan.status) ? "red" : scan.status === "delivered" ? "green" : "blue",
      content: (
        <Flex vertical>
          <span>{[word("parcel", scan.status), scan.place].filter(Boolean).join(" · ")}</span>
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>
            {[forms.instant(scan.occurred_at), took !== undefined && took > 0 && t("parcel.took", { span: forms.span(took) })].filter(Boolean).join(" · ")}
          </Typography.Text>
        </Flex>
      ),
    };
  });
  return <Timeline items={items} style={{ marginTop: 12 }} />;
}
