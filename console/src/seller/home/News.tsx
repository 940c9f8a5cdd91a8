import { Alert, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { useShopPlaces } from "../shops";

/** What of new rules the reader has not read, asked once and after the rows: nobody waits for it. */
export default function News() {
  const { t } = useTranslation();
  const places = useShopPlaces();
  const unread = api.useQuery("get", "/v1/policy_changes/unread", { params: { query: { limit: 20 } } }, { staleTime: Infinity });
  if (!unread.data || unread.data.items.length === 0) return null;
  const links = unread.data.items.map(({ shop_id, version, changes }) => (
    <Link key={`${shop_id} ${version}`} to={`/seller/${shop_id}/news`}>
      {t("home.news", { version, count: changes, shop: places.find(({ party_id }) => party_id === shop_id)?.name ?? "" })}
    </Link>
  ));
  return <Alert type="info" showIcon title={<Flex vertical gap="small">{links}</Flex>} />;
}
