import i18n from "i18next";
import { initReactI18next } from "react-i18next";
import zh from "./zh";

const KEPT_AS = "siyu.language";
type Language = "zh-CN" | "en";

void i18n.use(initReactI18next).init({
  resources: { "zh-CN": { translation: zh } },
  lng: "zh-CN",
  fallbackLng: "zh-CN",
  interpolation: { escapeValue: false },
});

/** Shows everything in this language, here and on the next visit. Chinese is always there, English is loaded first. */
export async function chooseLanguage(language: Language) {
  localStorage.setItem(KEPT_AS, language);
  if (language === "en" && !i18n.hasResourceBundle("en", "translation")) {
    i18n.addResourceBundle("en", "translation", (await import("./en")).default);
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
}

/** When the texts of the language that was chosen before are there. */
export const hasLanguage = chooseLanguage(localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh-CN");
