import { Alert, Card, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { PaperButton } from "../../pieces/PaperButton";

/** Shops whose letter is drawn up and waits for the seller: nothing new comes from them, and all ends with the signature. */
export function Underway() {
  const { t } = useTranslation();
  const ending = api.useQuery("get", "/v1/supplier/bindings", { params: { query: { state: "ending", limit: 200 } } }, { refetchInterval: 30_000 });
  if (ending.error) return <Failure error={ending.error} retry={() => void ending.refetch()} />;
  const shops = ending.data?.items ?? [];
  if (shops.length === 0) return null;
  return (
    <Card size="small" title={t("portal.parting.underway")}>
      <Flex vertical gap="middle">
        <Alert type="warning" showIcon title={t("portal.parting.underway_means")} />
        <ul className="cards">
          {shops.map((each) => (
            <li key={each.id}>
              <Flex gap="middle" wrap align="center" justify="space-between">
                <strong>{each.shop_name ?? t("portal.shop", { id: each.shop_id })}</strong>
                {each.letter_id !== null && <PaperButton path={`/v1/supplier/letters/${each.letter_id}.pdf`} title={t("portal.parting.draft")} />}
              </Flex>
            </li>
          ))}
        </ul>
      </Flex>
    </Card>
  );
}
