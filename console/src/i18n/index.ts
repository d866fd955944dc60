import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh.json";

const KEPT_AS = "siyu.language";

type Texts = Record<string, unknown>;

/** Texts of the file `sops.json` have keys that begin with `sops.`. */
function byName(files: Record<string, Texts>): Texts {
  const name = (path: string) => path.replace(/^.*\/(.*)\.json$/, "$1");
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [name(path), texts]));
}

const zhPages = byName(import.meta.glob<Texts>("./zh/*.json", { eager: true, import: "default" }));
const enPages = byName(import.meta.glob<Texts>("./en/*.json", { eager: true, import: "default" }));

void i18n.use(initReactI18next).init({
  resources: { "zh-CN": { translation: { ...zh, ...zhPages } }, en: { translation: { ...en, ...enPages } } },
  lng: localStorage.getItem(KEPT_AS) ?? "zh-CN",
  fallbackLng: "zh-CN",
  interpolation: { escapeValue: false },
});
document.documentElement.lang = i18n.language;

export function chooseLanguage(language: "zh-CN" | "en") {
  localStorage.setItem(KEPT_AS, language);
  document.documentElement.lang = language;
  void i18n.changeLanguage(language);
}
