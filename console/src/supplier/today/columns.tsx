import { Flex, Typography, type TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { Due } from "../../pieces/Due";
import { Flags } from "../../pieces/states";
import { useShopNames } from "../shop_names";
import { useSupplierForms, type Part, type PartState } from "../place";
import { NextStep } from "./NextStep";

/** What a table says of each fulfilment, by how far it is. */
export function usePartColumns(state: PartState): TableColumnsType<Part> {
  const { t } = useTranslation();
  const forms = useSupplierForms();
  const shopName = useShopNames();
  return [
    { title: t("supplier.part"), render: (_, part) => <Flex vertical><strong>#{part.id}</strong><small className="secondary">{shopName(part.shop_id)}</small><Flags flags={part.flags} /></Flex> },
    { title: t("orders.goods"), render: (_, part) => <Goods part={part} /> },
    {
      title: t("orders.ship_to"),
      render: (_, { ship_to }) => ship_to && <>{ship_to.country} · {ship_to.city}<div><Typography.Text type="secondary">{ship_to.name}</Typography.Text></div></>,
    },
    { title: t(dueTitle(state)), render: (_, part) => <Due at={dueOf(part, state)} forms={forms} /> },
    ...(state === "pushed" || state === "accepted" ? [] : [{ title: t("supplier.parcels"), render: (_: unknown, part: Part) => part.parcels.filter((each) => !each.voided_at).map((parcel) => <div key={parcel.id}>{parcel.waybill}</div>) }]),
    ...(state === "pushed" || state === "shipped" ? [] : [{ title: t("suppliers.acts"), render: (_: unknown, part: Part) => <NextStep part={part} /> }]),
  ];
}

export const dueTitle = (state: PartState) => (state === "pushed" ? "supplier.answer_by" : "orders.ship_by");
export const dueOf = (part: Part, state: PartState) => (state === "pushed" ? part.answer_by : part.ship_by);

/** What is to be packed: items of the warehouse's own code, and what is said on them. */
export function Goods({ part }: { part: Part }) {
  return part.lines.map((line) => <div key={line.line_no}>{line.supplier_sku} × {line.units}</div>);
}
