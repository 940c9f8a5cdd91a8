import { PrinterOutlined } from "@ant-design/icons";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Paper } from "../../pieces/Paper";

/** The labels of several parcels, one after another in one paper. */
export function PrintLabels({ parcels }: { parcels: number[] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const title = t("portal.pack.print_many", { count: parcels.length });
  return (
    <>
      <Button size="large" icon={<PrinterOutlined aria-hidden />} disabled={parcels.length === 0} onClick={() => setOpen(true)}>{title}</Button>
      <Modal open={open} title={title} onCancel={() => setOpen(false)} footer={null} width="min(900px, 96vw)" destroyOnHidden>
        <Paper path="/v1/supplier/labels.pdf" title={title} body={{ parcels }} />
      </Modal>
    </>
  );
}
