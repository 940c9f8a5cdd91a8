import { App } from "antd";
import { useTranslation } from "react-i18next";
import { downloadCsv, MOST_ROWS } from "../api/download";
import { useSay } from "./say";

/** Saves a list as CSV; where it is longer than one file takes, that is said and not passed over. */
export function useCsv(): (...list: Parameters<typeof downloadCsv>) => Promise<void> {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const say = useSay();
  return async (...list) => {
    try {
      if (!(await downloadCsv(...list))) void message.warning(t("list.csv_cut", { count: MOST_ROWS }), 8);
    } catch (error) {
      say.failed(error);
    }
  };
}
