import { PrinterOutlined } from "@ant-design/icons";
import { Button, Card, Empty, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PaperButton } from "../../pieces/PaperButton";
import { useCarriers } from "../Carrier";
import type { Parcel, Part } from "../place";
import { LabelForm } from "./LabelForm";
import { VoidLabel } from "./VoidLabel";

interface Props {
  part: Part;
  open: boolean;
  /** Whether the goods were scanned, or need not be. */
  printable: boolean;
}

/** The parcels of a fulfilment: each with its label, and one more where it does not fit into one. */
export function Parcels({ part, open, printable }: Props) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const standing = part.parcels.filter((each) => !each.voided_at);
  const form = open && printable && (standing.length === 0 || adding);
  return (
    <Card size="small" title={t("supplier.parcels")}>
      <Flex vertical gap="middle">
        {open && !printable && <p className="secondary">{t("portal.pack.scan_first")}</p>}
        {standing.length === 0 && !form && printable && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("portal.pack.no_parcel")} />}
        <ul className="cards">
          {standing.map((parcel, index) => (
            <li key={parcel.id}><ParcelLine part={part} parcel={parcel} place={index + 1} places={standing.length} open={open} printable={printable} /></li>
          ))}
        </ul>
        {form && <LabelForm part={part} done={() => setAdding(false)} />}
        {open && printable && standing.length > 0 && !adding && <Button onClick={() => setAdding(true)}>{t("portal.pack.another")}</Button>}
      </Flex>
    </Card>
  );
}

function ParcelLine({ part, parcel, place, places, open, printable }: Props & { parcel: Parcel; place: number; places: number }) {
  const { t } = useTranslation();
  const { nameOf } = useCarriers();
  const pending = parcel.collected_at === null;
  return (
    <Flex vertical gap="small">
      <span><strong>{parcel.waybill}</strong> <span className="secondary">{nameOf(parcel.carrier)} · {t("portal.pack.place", { place, places })}</span></span>
      <small className="secondary">{t("portal.parcel_size", { ...parcel })}</small>
      <Flex gap="small" wrap>
        {pending && printable && <PaperButton type="primary" path={`/v1/supplier/parcels/${parcel.id}/label.pdf`} title={t("portal.pack.print", { waybill: parcel.waybill })} icon={<PrinterOutlined aria-hidden />} />}
        {open && pending && <VoidLabel part={part} parcel={parcel} />}
      </Flex>
    </Flex>
  );
}
