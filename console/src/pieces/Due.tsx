import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import type { Forms } from "../texts/use";
import { useBusinessNow } from "./BusinessTime";

/** An instant by which something is due, and how long that is from now. */
export function Due({ at, forms }: { at: string | null | undefined; forms: Forms }) {
  const { t } = useTranslation();
  const now = useBusinessNow(30_000).getTime();
  if (!at) return "–";
  const left = (Date.parse(at) - now) / 1_000;
  return (
    <Flex vertical>
      <span>{forms.instant(at)}</span>
      <small className={left < 0 ? "late" : "secondary"}>{left < 0 ? t("home.late_by", { span: forms.span(-left) }) : t("home.due_in", { span: forms.span(left) })}</small>
    </Flex>
  );
}
