import { App as AntApp, ConfigProvider } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import { useTranslation } from "react-i18next";
import { RouterProvider } from "react-router";
import { router } from "./routes";

// Styles that are made here carry it; see the server's headers.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

// A little darker than Ant Design's own, so that everything can be read (WCAG AA).
const theme = {
  token: {
    colorPrimary: "#0958d9",
    colorLink: "#0958d9",
    colorError: "#cf1322",
    colorTextDescription: "rgba(0, 0, 0, 0.62)",
    colorTextTertiary: "rgba(0, 0, 0, 0.62)",
    colorTextPlaceholder: "rgba(0, 0, 0, 0.56)",
    colorTextDisabled: "rgba(0, 0, 0, 0.5)",
  },
};

export function App() {
  const { i18n } = useTranslation();
  return (
    <ConfigProvider
      locale={i18n.language.startsWith("zh") ? zh : en}
      csp={{ nonce }}
      theme={theme}
      button={{ autoInsertSpace: false }}
    >
      <AntApp style={{ height: "100%" }}>
        <RouterProvider router={router} />
      </AntApp>
    </ConfigProvider>
  );
}
