import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { chooseLanguage } from "../i18n";

export function LanguageSwitch() {
  const { i18n } = useTranslation();
  const isChinese = i18n.language.startsWith("zh");
  return (
    <Button
      type="text"
      onClick={() => void chooseLanguage(isChinese ? "en" : "zh-CN")}
      lang={isChinese ? "en" : "zh-CN"}
    >
      {isChinese ? "English" : "中文"}
    </Button>
  );
}
