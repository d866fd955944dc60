import { createContext, use, useEffect, useState, type ReactNode } from "react";
import { texts, type Language, type Texts } from "./texts";

// The console's key (i18n/index.ts); to import it would load the console here.
const KEPT_AS = "siyu.language";

interface Chosen {
  language: Language;
  t: Texts;
  choose: (language: Language) => void;
}

const Context = createContext<Chosen | null>(null);

/** The language that was chosen on this device; Chinese before. */
export function LanguageOf({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh-CN"));
  const t = texts[language];
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = t.title;
  }, [language, t]);
  const choose = (chosen: Language) => {
    localStorage.setItem(KEPT_AS, chosen);
    setLanguage(chosen);
  };
  return <Context value={{ language, t, choose }}>{children}</Context>;
}

export function useLanguage(): Chosen {
  const chosen = use(Context);
  if (!chosen) throw new Error("outside of LanguageOf");
  return chosen;
}

export const useTexts = (): Texts => useLanguage().t;
