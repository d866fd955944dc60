import { useQueryClient } from "@tanstack/react-query";
import { Card, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { PasswordForm } from "../../ui/password-form";

/** The one-time password is changed before anything else. */
export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const done = async () => {
    await queries.resetQueries();
    await navigate("/", { replace: true });
  };
  return (
    <main className="narrow">
      <Typography.Title level={1} style={{ fontSize: 24 }}>
        {t("password.first")}
      </Typography.Title>
      <Card>
        <PasswordForm onDone={() => void done()} />
      </Card>
    </main>
  );
}
