/** Chinese and English. The Chinese texts are the pattern: a message that English lacks, or has beside, fails the build. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale as WidgetTexts } from "antd/es/locale";
import type { Texts } from "./pattern";

export type Language = "zh-CN" | "en";
export const LANGUAGES: readonly Language[] = ["zh-CN", "en"];
const KEPT = "andon.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Texts };
  }
}

type Part = "shell" | "shared" | "seller" | "supplier" | "desk";
type Bundle = Record<string, unknown>;

/** Each part of the texts is fetched by itself: a seller's home waits for no other's words. */
const parts: Record<Language, Record<Part, () => Promise<Bundle>>> = {
  "zh-CN": {
    shell: async () => (await import("./zh/shell")).shell,
    shared: async () => (await import("./zh/shared")).shared,
    seller: async () => (await import("./zh/seller")).seller,
    supplier: async () => (await import("./zh/supplier")).supplier,
    desk: async () => (await import("./zh/desk")).desk,
  },
  en: {
    shell: async () => (await import("./english/shell")).shell,
    shared: async () => (await import("./english/shared")).shared,
    seller: async () => (await import("./english/seller")).seller,
    supplier: async () => (await import("./english/supplier")).supplier,
    desk: async () => (await import("./english/desk")).desk,
  },
};

const widgets: Record<Language, () => Promise<WidgetTexts>> = {
  "zh-CN": async () => {
    const [{ default: texts }] = await Promise.all([import("antd/es/locale/zh_CN"), import("dayjs/locale/zh-cn")]);
    return texts;
  },
  en: async () => (await import("antd/es/locale/en_US")).default,
};

const known = new Set<Part>(["shell"]);
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

/** Have those parts of the texts, in the language that is shown and in each that is shown later. */
export async function learn(...wanted: readonly Part[]): Promise<void> {
  wanted.forEach((part) => known.add(part));
  await fetchParts(currentLanguage(), wanted);
}

async function fetchParts(language: Language, wanted: readonly Part[]): Promise<void> {
  const bundles = await Promise.all(wanted.map((part) => parts[language][part]()));
  for (const bundle of bundles) i18next.addResourceBundle(language, "translation", bundle, true, true);
}

/** Show everything in that language from now on; `keep` it for this machine where somebody chose it. */
export async function speak(language: Language, keep = false): Promise<void> {
  if (keep) localStorage.setItem(KEPT, language);
  const [texts] = await Promise.all([widgets[language](), fetchParts(language, [...known])]);
  widgetTexts.set(language, texts);
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
