import { Button, Flex } from "antd";
import { useTranslation } from "react-i18next";

/** What is shown where a page itself fails: a fault of ours, or a new version was put in its place. */
export function Broken() {
  const { t } = useTranslation();
  return (
    <Flex component="main" vertical align="center" gap="small" style={{ padding: "20vh 16px" }}>
      <h1>{t("shell.broken")}</h1>
      <span>{t("shell.broken_hint")}</span>
      <Button type="primary" onClick={() => window.location.reload()}>{t("shell.reload")}</Button>
    </Flex>
  );
}
