import { Card, Col, Flex, Row } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { learn } from "../../texts";
import { useMe } from "../../shell/session";
import { Counts } from "./Counts";
import { Shortcuts } from "./Shortcuts";
import { Tasks } from "./Tasks";

const News = lazy(() => import("./News"));
const TaskChart = lazy(() => import("./TaskChart"));
/** With the texts of a shop's pages, which the home itself does without. */
const Days = lazy(async () => {
  const [loaded] = await Promise.all([import("./Days"), learn("shared", "seller")]);
  return loaded;
});
const EVERY = 15_000;

export function Component() {
  const { t } = useTranslation();
  const { name } = useMe();
  const today = api.useQuery("get", "/v1/today", { params: { query: { limit: 100 } } }, { refetchInterval: EVERY });
  const counts = today.data?.counts ?? [];
  return (
    <Page title={t("home.title")} hint={t("home.hint", { name })}>
      {today.error ? (
        <Failure error={today.error} retry={() => void today.refetch()} />
      ) : (
        <>
          <Counts counts={counts} loading={today.isPending} />
          <Row gutter={[16, 16]}>
            <Col xs={24} xl={16}>
              <Tasks tasks={today.data?.items ?? []} loading={today.isPending} more={today.data?.next_cursor != null} />
            </Col>
            <Col xs={24} xl={8}>
              <Flex vertical gap="middle">
                {today.data && <Suspense fallback={null}><News /></Suspense>}
                <Shortcuts />
                <Suspense fallback={null}>
                  {counts.length > 0 && <Card title={t("home.by_kind")} size="small"><TaskChart counts={counts} /></Card>}
                  {today.data && <Days />}
                </Suspense>
              </Flex>
            </Col>
          </Row>
        </>
      )}
    </Page>
  );
}
