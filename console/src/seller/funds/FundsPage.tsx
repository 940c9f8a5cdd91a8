import { Alert, Card, Col, Flex, Row, Statistic } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { isRefusal } from "../../api/refusal";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { TabRow } from "../../pieces/TabRow";
import { useWord } from "../../pieces/address";
import { useMay, useShop, useShopForms } from "../shops";
import { Book } from "./Book";
import { Charges } from "./Charges";
import { Enquiries } from "./Enquiries";
import { Exposure } from "./Exposure";
import { Statements } from "./Statements";

type Funds = Schemas["FundsOut"];

/** 财务: the funds account, its fees, statements, and what carriers were asked. */
export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  const may = useMay();
  const [asked, setTab] = useWord("tab");
  const funds = api.useQuery("get", "/v1/shops/{shop_id}/funds", { params: { path: { shop_id: shop.id } } }, { refetchInterval: 15_000 });
  const tabs = [
    { key: "charges", label: t("bills.charges"), Inside: Charges },
    { key: "statements", label: t("bills.statements"), Inside: Statements },
    { key: "enquiries", label: t("bills.enquiries"), Inside: Enquiries },
  ];
  const { key, Inside } = tabs.find((each) => each.key === asked) ?? { key: "charges", Inside: Charges };
  return (
    <Page
      title={t("menu.funds")}
      hint={shop.name}
      actions={
        may("funds.write") && (
          <>
            <Book kind="deposits" />
            <Book kind="withdrawals" />
          </>
        )
      }
    >
      {funds.error && <Failure error={funds.error} retry={() => void funds.refetch()} />}
      {funds.data && <Balance funds={funds.data} />}
      {!isRefusal(funds.error, 403) && (
        <Card size="small">
          <TabRow active={key} onChange={setTab} items={tabs.map(({ key: tab, label }) => ({ key: tab, label }))} />
          <Inside />
        </Card>
      )}
    </Page>
  );
}

function Balance({ funds }: { funds: Funds }) {
  const { t } = useTranslation();
  const forms = useShopForms();
  const figures = ["available", "held", "withdrawable", "spent"] as const;
  const hold = funds.holds.find(({ lifted_at }) => lifted_at === null);
  return (
    <Flex vertical gap="middle">
      {hold && (
        <Alert
          type="warning"
          showIcon
          title={t("funds.frozen")}
          description={
            <>
              <p>{funds.exposure.map((each) => `${t(`funds.exposed_${each.kind}`, { count: each.parts })}: ${forms.money(each.amount)}`).join(" · ")}</p>
              <Exposure exit_id={hold.exit_id} />
            </>
          }
        />
      )}
      <Row gutter={[12, 12]}>
        {figures.map((figure) => (
          <Col xs={12} lg={6} key={figure}>
            <Card size="small"><Statistic title={t(`funds.${figure}`)} value={forms.money(funds[figure])} styles={{ content: { fontSize: "clamp(16px, 4.4vw, 24px)" } }} /></Card>
          </Col>
        ))}
      </Row>
    </Flex>
  );
}
