/** Chinese and English. The Chinese texts are the pattern: a message that English lacks, or has beside, fails the build. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale as WidgetTexts } from "antd/es/locale";
import type { Texts } from "./zh-CN";

export type Language = "zh-CN" | "en";
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
const KEPT = "andon.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Texts };
  }
}

interface Loaded {
  texts: Texts;
  widgets: WidgetTexts;
}

const load: Record<Language, () => Promise<Loaded>> = {
  "zh-CN": async () => {
    const [{ texts }, { default: widgets }] = await Promise.all([import("./zh-CN"), import("antd/es/locale/zh_CN")]);
    await import("dayjs/locale/zh-cn");
    return { texts, widgets };
  },
  en: async () => {
    const [{ texts }, { default: widgets }] = await Promise.all([import("./en"), import("antd/es/locale/en_US")]);
    return { texts, widgets };
  },
};

const widgetTexts = new Map<Language, WidgetTexts>();

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "zh-CN";
}

/** The language that somebody chose on this machine, else their browser's, Chinese first. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "zh-CN";
}

export const hasChosenLanguage = (): boolean => localStorage.getItem(KEPT) !== null;

export function widgetTextsOf(language: Language): WidgetTexts | undefined {
  return widgetTexts.get(language);
}

/** Show everything in that language from now on; `keep` it for this machine where somebody chose it. */
export async function speak(language: Language, keep = false): Promise<void> {
  const { texts, widgets } = await load[language]();
  widgetTexts.set(language, widgets);
  i18next.addResourceBundle(language, "translation", texts, true, true);
  if (keep) localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function beginSpeaking(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    lng: preferredLanguage(),
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  await speak(preferredLanguage());
}
