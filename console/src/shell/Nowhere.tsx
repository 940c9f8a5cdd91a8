import { Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

export function Component() {
  const { t } = useTranslation();
  return <Result status="info" title={t("shell.nowhere")} extra={<Link to="/">{t("shell.to_first")}</Link>} />;
}
