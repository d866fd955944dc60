import { App, Button, Card, Space, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { call } from "../../api/call";
import { PasswordForm } from "../../ui/password-form";
import { SecondFactor } from "./second-factor";

export function Component() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const everywhere = async () => {
    await call("session/sign-out-everywhere", {});
    queries.clear();
    await navigate("/sign-in");
  };
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("nav.account")}
      </Typography.Title>
      <Space orientation="vertical" size="large" style={{ maxWidth: 480, width: "100%" }}>
        <Card title={t("password.title")}>
          <PasswordForm onDone={() => void message.success(t("password.done"))} />
        </Card>
        <SecondFactor />
        <Card title={t("account.sessions")}>
          <Button onClick={() => void everywhere()}>{t("account.everywhere")}</Button>
        </Card>
      </Space>
    </>
  );
}
