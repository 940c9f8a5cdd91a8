import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";

/** What is shown where a page itself fails: a fault of ours, or a new version was put in its place. */
export function Broken() {
  const { t } = useTranslation();
  return (
    <Result
      status="warning"
      title={t("shell.broken")}
      subTitle={t("shell.broken_hint")}
      extra={<Button type="primary" onClick={() => window.location.reload()}>{t("shell.reload")}</Button>}
    />
  );
}
