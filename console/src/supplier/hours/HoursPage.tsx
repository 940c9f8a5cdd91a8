import { Alert, Card, Col, Row } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { isRefusal } from "../../api/refusal";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { useMay } from "../place";
import { CalendarForm } from "./CalendarForm";
import { Capacity } from "./Capacity";
import { Exemptions } from "./Exemptions";

/** 接单安排: when the warehouse works, its holidays and cut-offs, and how much it takes a day. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay()("suppliers.write");
  const calendar = api.useQuery("get", "/v1/supplier/calendar", {}, { retry: false, refetchOnWindowFocus: false });
  const always = isRefusal(calendar.error, 404);
  if (calendar.error && !always) return <Failure error={calendar.error} retry={() => void calendar.refetch()} />;
  return (
    <Page title={t("portal.menu.hours")} hint={t("portal.hours.hint")}>
      <Row gutter={[16, 16]}>
        <Col xs={24} xl={15}>
          <Card size="small" title={t("portal.hours.calendar")} loading={calendar.isPending}>
            {always && <Alert type="info" showIcon title={t("portal.hours.always")} description={may && t("portal.hours.once_saved")} style={{ marginBottom: 16 }} />}
            {(calendar.data || may) && <CalendarForm key={calendar.data?.set_at ?? "always"} calendar={always ? undefined : calendar.data} may={may} />}
          </Card>
        </Col>
        <Col xs={24} xl={9}>
          <Capacity may={may} />
          <Exemptions />
        </Col>
      </Row>
    </Page>
  );
}
