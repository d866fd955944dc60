import { Alert, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Me } from "../../api/session";
import { Panel } from "../../ui/panel";
import { Title } from "../../ui/title";
import { AddCompany } from "./add-company";
import "./wecom.css";

/** What there is while somebody works for no company: a new server, or a user whom no company has. */
export default function NoCompany({ me }: { me: Me }) {
  const { t } = useTranslation();
  if (!me.user.isSiteAdmin) {
    return (
      <>
        <Title>{t("wecom.first.nobody")}</Title>
        <Alert type="info" showIcon title={t("wecom.first.ask", { login: me.user.login })} />
      </>
    );
  }
  return (
    <div className="first-company">
      <Title>{t("wecom.first.title")}</Title>
      <Typography.Paragraph type="secondary">{t("wecom.first.note")}</Typography.Paragraph>
      <Panel title={t("wecom.first.before")}>
        <ol className="first-list">
          {["app", "customers"].map((step) => (
            <li key={step}>{t(`wecom.first.${step}`)}</li>
          ))}
        </ol>
      </Panel>
      <Panel title={t("wecom.first.form")}>
        <AddCompany me={me} />
      </Panel>
    </div>
  );
}
