import { Button, Result, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { isRefusal } from "../api/refusal";

/** What is shown in the place of what could not be had: why, and a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const refused = isRefusal(error);
  return (
    <Result
      status={refused && error.status < 500 ? "info" : "warning"}
      title={refused ? error.title : t("failure.offline")}
      subTitle={refused ? <>{error.detail} <Typography.Text code>{error.code}</Typography.Text></> : t("failure.offline_hint")}
      extra={retry && <Button onClick={retry}>{t("failure.retry")}</Button>}
    />
  );
}
