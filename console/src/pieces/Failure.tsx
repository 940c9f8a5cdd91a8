import { Button, Flex } from "antd";
import { useTranslation } from "react-i18next";
import { isRefusal } from "../api/refusal";

/** What is shown in the place of what could not be had: why, and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const refused = isRefusal(error);
  return (
    <Flex vertical align="center" gap="small" role="alert" style={{ padding: "8vh 16px" }}>
      <strong>{refused ? error.title : t("failure.offline")}</strong>
      <span className="secondary">{refused ? error.detail : t("failure.offline_hint")}</span>
      {refused && <code>{error.code}</code>}
      {retry && <Button onClick={retry}>{t("failure.retry")}</Button>}
    </Flex>
  );
}
