import { Button, Card, Empty, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../pieces/Failure";
import { Page } from "../../pieces/Page";
import { BY_CURSOR, itemsOf } from "../../pieces/paged";
import { Waiting } from "../../pieces/Waiting";
import { useShop } from "../shops";
import { Version } from "./Version";

/** 规则变更: what each version of the rules changes for the shop, the newest first. */
export function Component() {
  const { t } = useTranslation();
  const shop = useShop();
  // Fees are worked out anew for each version: few at a time.
  const news = api.useInfiniteQuery(
    "get",
    "/v1/shops/{shop_id}/policy_changes",
    { params: { path: { shop_id: shop.id }, query: { limit: 5 } } },
    { ...BY_CURSOR, staleTime: 60_000 },
  );
  const versions = itemsOf(news.data);
  return (
    <Page title={t("menu.news")} hint={t("news.hint")}>
      {news.isPending && <Waiting />}
      {news.error && <Failure error={news.error} retry={() => void news.refetch()} />}
      {news.data && versions.length === 0 && (
        <Card size="small"><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("news.none")} /></Card>
      )}
      {versions.map((each) => <Version key={each.version} news={each} />)}
      {news.hasNextPage && (
        <Flex justify="center"><Button onClick={() => void news.fetchNextPage()} loading={news.isFetchingNextPage}>{t("list.more")}</Button></Flex>
      )}
    </Page>
  );
}
