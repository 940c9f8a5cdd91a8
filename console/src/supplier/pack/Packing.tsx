import { Alert, Col, Row } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Flags } from "../../pieces/states";
import { Waiting } from "../../pieces/Waiting";
import { isAskedToCancel, useMay, type Part } from "../place";
import { Cancellation } from "../today/NextStep";
import { Address } from "./Address";
import { GoodsScan } from "./GoodsScan";
import { Parcels } from "./Parcels";
import { Shortage } from "./Shortage";

const ON_THE_TABLE = new Set(["accepted", "picked", "labelled"]);

/** One fulfilment on the packing table. */
export function Packing({ part }: { part: Part }) {
  const { t } = useTranslation();
  const may = useMay();
  const path = { params: { path: { fulfilment_id: part.id } } };
  const checks = api.useQuery("get", "/v1/supplier/fulfilments/{fulfilment_id}/checks", path);
  const rule = api.useQuery("get", "/v1/supplier/printing", {});
  if (checks.error) return <Failure error={checks.error} retry={() => void checks.refetch()} />;
  if (checks.isPending || rule.isPending) return <Waiting />;
  const open = ON_THE_TABLE.has(part.state) && may("fulfilments.write");
  const printable = checks.data.complete || rule.data?.scan_before_print === false;
  return (
    <>
      <Flags flags={part.flags} />
      {isAskedToCancel(part) && <Cancellation part={part} />}
      {!ON_THE_TABLE.has(part.state) && <Alert type="warning" showIcon title={t("portal.pack.not_here")} />}
      <Row gutter={[16, 16]}>
        <Col xs={24} lg={12}><GoodsScan part={part} checks={checks.data} open={open} /></Col>
        <Col xs={24} lg={12}>
          <Parcels part={part} open={open} printable={printable} />
          <Address part={part} />
          {open && <Shortage part={part} />}
        </Col>
      </Row>
    </>
  );
}
