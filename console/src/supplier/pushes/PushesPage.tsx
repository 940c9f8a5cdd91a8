import { Card, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { isRefusal } from "../../api/refusal";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { useMay } from "../place";
import { EndpointForm } from "./EndpointForm";
import { Health } from "./Health";
import { Pushes } from "./Pushes";

/** Where fulfilments are pushed to, how that fares, and what to send once more. */
export function Component() {
  const { t } = useTranslation();
  const may = useMay();
  const endpoint = api.useQuery("get", "/v1/supplier/endpoint", {}, { refetchInterval: 10_000, retry: false });
  const pulls = isRefusal(endpoint.error, 404);
  if (endpoint.error && !pulls) return <Failure error={endpoint.error} retry={() => void endpoint.refetch()} />;
  return (
    <Page title={t("portal.menu.pushes")} hint={t("portal.pushes.hint")}>
      <Card size="small" title={t("portal.pushes.endpoint")} loading={endpoint.isPending}>
        <Flex vertical gap="middle">
          {pulls && <Typography.Text>{t("portal.pushes.pulls")}</Typography.Text>}
          {endpoint.data && !pulls && <Health endpoint={endpoint.data} />}
          {may("suppliers.write") && <EndpointForm url={pulls ? undefined : endpoint.data?.url} />}
        </Flex>
      </Card>
      <Pushes />
    </Page>
  );
}
