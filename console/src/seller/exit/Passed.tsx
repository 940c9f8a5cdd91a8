import { CheckCircleFilled, CloseCircleFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";

/** Whether a check holds, to be seen and to be heard. */
export function Passed({ passed }: { passed: boolean }) {
  const { t } = useTranslation();
  return passed ? (
    <CheckCircleFilled style={{ color: "#2d7a12" }} aria-label={t("exit.holds")} />
  ) : (
    <CloseCircleFilled style={{ color: "#c4242b" }} aria-label={t("exit.fails")} />
  );
}
