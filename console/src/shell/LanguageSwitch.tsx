import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { currentLanguage, LANGUAGES, speak, type Language } from "../texts";

const NAMES: Record<Language, string> = { "zh-CN": "中文", en: "EN" };

interface Props {
  /** What else is done with the choice: somebody who is signed in has it kept with their account. */
  onChoice?: (language: Language) => void;
}

export function LanguageSwitch({ onChoice }: Props) {
  const { t } = useTranslation();
  const choose = async (language: Language) => {
    await speak(language, true);
    onChoice?.(language);
  };
  return (
    <Segmented<Language>
      aria-label={t("shell.language")}
      size="small"
      value={currentLanguage()}
      options={LANGUAGES.map((value) => ({ value, label: NAMES[value] }))}
      onChange={(language) => void choose(language)}
    />
  );
}
