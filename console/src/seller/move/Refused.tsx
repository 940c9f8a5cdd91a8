import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { isRefusal } from "../../api/refusal";
import { useShop } from "../shops";

/** Why a move was not begun, in the server's own words, and where what stands against it is found. */
export function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const shop = useShop();
  if (!error) return null;
  if (!isRefusal(error)) return <Alert type="error" showIcon title={t("failure.offline")} description={t("failure.offline_hint")} />;
  const move = error.facts["move_id"];
  return (
    <Alert
      type="error"
      showIcon
      title={error.title}
      description={
        <>
          {error.detail} <code>{error.code}</code>
          {move !== undefined && <div><Link to={`/seller/${shop.id}/plan?tab=move&move=${String(move)}`}>{t("move.see")}</Link></div>}
        </>
      }
    />
  );
}
