import { Card, Col, Row, Statistic, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { useWord } from "../../pieces/address";
import { useOpenWords } from "../../texts/use";
import { useMay, useShop, useShopForms } from "../shops";
import { Ratings, Reviews, StockOuts } from "./Lists";
import { Violations } from "./Violations";

/** 店铺表现: what the shop's coming back is measured by, and what may be appealed. Source: BACK-1..4, STOCK-1..2. */
export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const [asked, setTab] = useWord("tab");
  const found = api.useQuery("get", "/v1/shops/{shop_id}/standing", { params: { path: { shop_id: shop.id } } });
  const tabs = [
    ...(may("violations.read") ? [{ key: "violations", label: t("standing.list"), Inside: Violations }] : []),
    { key: "ratings", label: t("standing.ratings"), Inside: Ratings },
    { key: "stock_outs", label: t("standing.stock_outs"), Inside: StockOuts },
    { key: "reviews", label: t("standing.reviews"), Inside: Reviews },
  ];
  const tab = tabs.find(({ key }) => key === asked) ?? tabs[0];
  return (
    <Page title={t("menu.standing")} hint={t("standing.hint")}>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Figures standing={found.data} />}
      {tab && (
        <Card size="small">
          <TabRow active={tab.key} onChange={setTab} items={tabs.map(({ key, label }) => ({ key, label }))} />
          <tab.Inside />
        </Card>
      )}
    </Page>
  );
}

function Figures({ standing: { rating, violations } }: { standing: Schemas["StandingOut"] }) {
  const { t } = useTranslation();
  const open = useOpenWords();
  const shop = useShop();
  return (
    <Row gutter={[12, 12]}>
      <Col xs={24} lg={10}>
        <Card size="small" style={{ height: "100%" }}>
          <Statistic title={t("standing.rating")} value={rating.mean ?? "–"} suffix={<Met met={rating.met} at={rating.passes_at} />} />
          <small>
            {[
              rating.ratings > 0 ? t("standing.from", { count: rating.ratings }) : t("standing.no_ratings"),
              t("standing.wanted", { wanted: rating.wanted }),
              ...Object.entries(rating.axes).map(([axis, mean]) => `${open("axis", axis)} ${mean}`),
            ].join(" · ")}
          </small>
        </Card>
      </Col>
      <Col xs={24} lg={7}>
        <Card size="small" style={{ height: "100%" }}>
          <Statistic title={t("standing.violations")} value={violations.counted} suffix={<Met met={violations.met} at={violations.passes_at} />} />
        </Card>
      </Col>
      <Col xs={24} lg={7}>
        <Card size="small" style={{ height: "100%" }}>
          <div className="secondary">{t("standing.to_join")}</div>
          <Link to={`/seller/${shop.id}/settings`}>{t("standing.to_join_hint")}</Link>
        </Card>
      </Col>
    </Row>
  );
}

function Met({ met, at }: { met: boolean; at: string | null }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  return (
    <>
      <Tag color={met ? "success" : "error"} style={{ color: "rgba(0,0,0,0.88)" }}>{t(met ? "standing.met" : "standing.unmet")}</Tag>
      {!met && at && <small style={{ fontSize: 12 }}>{t("standing.passes", { at: forms.instant(at) })}</small>}
    </>
  );
}
