/** How many acts at once ended: all of them told in a word, else those that were refused, and why. */
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useSay } from "./say";
import { useTitles } from "./titles";

interface Answer {
  results: readonly { index: number; status: string; code?: string | null; id?: number | string }[];
}

export function useTellActs(): (answer: Answer) => Promise<void> {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const say = useSay();
  const titles = useTitles();
  return async ({ results }) => {
    const refused = results.filter(({ status }) => status === "refused");
    if (refused.length === 0) return say.done(t("orders.all_done", { count: results.length }));
    const title = await titles();
    modal.info({
      title: t("orders.some_refused", { count: refused.length, all: results.length }),
      content: <ul>{refused.map((each) => <li key={each.index}>{each.id === undefined ? "" : `${each.id}: `}{title(each.code ?? "")}</li>)}</ul>,
    });
  };
}
