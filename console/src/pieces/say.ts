/** How a command's end is told: a short word where it was done, the server's own title where it was refused. */
import { App } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { isRefusal } from "../api/refusal";

export function useSay() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const done = useCallback((text: string) => void message.success(text), [message]);
  const failed = useCallback(
    (error: unknown) => {
      if (!isRefusal(error)) return void message.error(t("failure.offline"));
      const detail = error.detail ? ` (${error.detail})` : "";
      return void message.error(`${error.title}${detail}`, 6);
    },
    [message, t],
  );
  return { done, failed };
}
