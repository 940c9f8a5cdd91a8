import { CheckOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useTold } from "../../pieces/told";
import { useShop } from "../shops";

/** 标为已读: for whoever is signed in, and for nobody else. */
export function MarkRead({ version }: { version: string }) {
  const { t } = useTranslation();
  const shop = useShop();
  const read = api.useMutation("post", "/v1/shops/{shop_id}/policy_changes/{version}/read", useTold());
  return (
    <Button
      type="primary"
      icon={<CheckOutlined aria-hidden />}
      loading={read.isPending}
      aria-label={t("news.mark_of", { version })}
      onClick={() => read.mutate({ params: { path: { shop_id: shop.id, version } } })}
    >
      {t("news.mark")}
    </Button>
  );
}
