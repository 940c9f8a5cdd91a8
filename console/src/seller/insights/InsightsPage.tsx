import { Card, Col, Empty, Flex, Row } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { SaveButton } from "../../pieces/SaveButton";
import { Waiting } from "../../pieces/Waiting";
import { useShop, useShopForms } from "../shops";
import { Chosen, useChosenDays } from "./Chosen";
import { Exits, League, Shares, Times, Totals } from "./Figures";
import { Report } from "./Report";

const Days = lazy(() => import("./Days"));
const Standing = lazy(() => import("./Standing"));
const SHEETS = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** 数据: how the shop fared on the chosen days, the last 30 where none are. */
export function Component() {
  const { t } = useTranslation();
  const forms = useShopForms();
  const shop = useShop();
  const [days, choose] = useChosenDays();
  const path = { shop_id: shop.id };
  const found = api.useQuery("get", "/v1/shops/{shop_id}/insights", { params: { path, query: days } }, { staleTime: 60_000, placeholderData: (before) => before });
  const told = found.data;
  const moved = told?.days.some((day) => day.placed + day.shipped + day.delivered > 0);
  const stood = told?.days.some(({ groups }) => Object.values(groups).some((count) => count > 0));
  const asked = new URLSearchParams({ ...days }).toString();
  return (
    <Page title={t("menu.insights")} hint={told?.counted_until ? t("insights.hint", { at: forms.instant(told.counted_until) }) : undefined} actions={<Report />}>
      <Chosen since={days.from ?? told?.since} until={days.until ?? told?.until} choose={choose} />
      {found.isPending && <Waiting />}
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {told && !found.error && (
        <>
          <Totals it={told} />
          <Card
            size="small"
            title={t("insights.by_day")}
            extra={<Flex gap="small">{Object.entries(SHEETS).map(([ending, type]) => (
              <SaveButton key={ending} path={`/v1/shops/${shop.id}/insights?${asked}`} name={`insights.${ending}`} label={ending.toUpperCase()} accept={type} />
            ))}</Flex>}
          >
            {moved ? <Suspense fallback={<Waiting />}><Days days={told.days} /></Suspense> : <Nothing />}
          </Card>
          <Card size="small" title={t("insights.standing")}>{stood ? <Suspense fallback={<Waiting />}><Standing days={told.days} /></Suspense> : <Nothing />}</Card>
          <Row gutter={[16, 16]}>
            <Col xs={24} xl={12}><Times it={told} /></Col>
            <Col xs={24} xl={12}><Shares it={told} /></Col>
          </Row>
          <League it={told} />
          {told.exits.length > 0 && <Exits it={told} />}
        </>
      )}
    </Page>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("insights.none")} />;
}
