import { Badge, Button, Flex, Popconfirm, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { CursorTable } from "../../pieces/CursorTable";
import { BY_CURSOR } from "../../pieces/paged";
import { useTold } from "../../pieces/told";
import { useWords } from "../../texts/use";
import { useAddress, useMay, useSupplierForms } from "../place";
import { useShopNames } from "../shop_names";

type Departure = Schemas["DepartureOut"];
const STATUS = { announced: "warning", withdrawn: "default", leaving: "processing", left: "success" } as const;

/** The notices that the warehouse gave: when it leaves, what it has open there still, and the way back before the day. */
export function Departures() {
  const { t } = useTranslation();
  const departures = api.useInfiniteQuery("get", "/v1/supplier/departures", { params: { query: {} } }, { ...BY_CURSOR, refetchInterval: 30_000 });
  return <CursorTable query={departures} columns={useColumns()} rowKey={({ id }) => id} empty={t("portal.parting.none_own")} width={320} />;
}

function useColumns(): TableColumnsType<Departure> {
  const { t } = useTranslation();
  const word = useWords();
  const forms = useSupplierForms();
  const may = useMay();
  const shopName = useShopNames();
  const address = useAddress();
  const stay = api.useMutation("delete", "/v1/supplier/departures/{departure_id}", useTold(t("portal.parting.stays")));
  return [
    { title: t("portal.disputes.shop"), render: (_, row) => shopName(row.shop_id) },
    { title: t("orders.state"), render: (_, row) => <Flex vertical><Badge status={STATUS[row.state]} text={word("departure", row.state)} /><small className="secondary">{forms.instant(row.leaves_at)}</small></Flex> },
    { title: t("portal.parting.announced"), responsive: ["md"], render: (_, row) => forms.instant(row.announced_at) },
    { title: t("portal.parting.left"), responsive: ["md"], render: (_, row) => forms.instant(row.left_at) },
    {
      title: t("portal.parting.open"),
      align: "end",
      render: (_, row) => (row.open > 0 ? <Link to={address(`?state=accepted&shop=${row.shop_id}`)} aria-label={t("portal.parting.open_of", { shop: shopName(row.shop_id), count: row.open })}>{forms.number(row.open)}</Link> : forms.number(row.open)),
    },
    {
      title: t("suppliers.acts"),
      render: (_, row) =>
        row.state === "announced" &&
        may("bindings.write") && (
          <Popconfirm title={t("portal.parting.stay_sure", { shop: shopName(row.shop_id) })} onConfirm={() => stay.mutateAsync({ params: { path: { departure_id: row.id } } })}>
            <Button loading={stay.isPending} aria-label={t("portal.parting.stay_at", { shop: shopName(row.shop_id) })}>{t("portal.parting.stay")}</Button>
          </Popconfirm>
        ),
    },
  ];
}
