import { Card, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useShopPlaces } from "../shops";

const PAGES = ["orders", "suppliers", "mappings", "settings"] as const;

/** JIT管理, as the guide has it on the home page too: each page of each shop one step away. */
export function Shortcuts() {
  const { t } = useTranslation();
  return (
    <Card title={t("menu.jit")} size="small">
      <Flex vertical gap="middle">
        {useShopPlaces().map(({ party_id, name }) => (
          <Flex key={party_id} gap="small" wrap>
            <strong style={{ flexBasis: "100%" }}>{name}</strong>
            {PAGES.map((page) => (
              <Link key={page} to={`/seller/${party_id}/${page}`} aria-label={`${name}: ${t(`menu.${page}`)}`}>
                {t(`menu.${page}`)}
              </Link>
            ))}
          </Flex>
        ))}
      </Flex>
    </Card>
  );
}
