import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import type { Forms } from "../texts/use";
import { useBusinessNow } from "./BusinessTime";

/** An instant by which something is due, and how far off it is. */
export function TimeLeft({ at, forms }: { at: string; forms: Forms }) {
  const { t } = useTranslation();
  const left = (Date.parse(at) - useBusinessNow(30_000).getTime()) / 1_000;
  return (
    <Flex vertical>
      <span>{forms.instant(at)}</span>
      <small>{left < 0 ? t("home.late_by", { span: forms.span(-left) }) : t("home.due_in", { span: forms.span(left) })}</small>
    </Flex>
  );
}
