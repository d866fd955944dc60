import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Form, Input, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { call, CallError, type Request } from "../../api/call";
import { wantedPath } from "../../api/session";
import { LanguageSwitch } from "../../ui/language";
import { useErrorText } from "../../ui/problem";
import { WeComButtons, WeComProblem } from "./wecom";

export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const [error, setError] = useState<unknown>();
  const [asksCode, setAsksCode] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const errorText = useErrorText();
  const problem = search.get("problem");
  const hasTried = isBusy || asksCode || error !== undefined;

  const signIn = async (values: Request<"session/sign-in">) => {
    setBusy(true);
    setError(undefined);
    try {
      await call("session/sign-in", values);
      queries.clear();
      await navigate(wantedPath(search), { replace: true });
    } catch (failure) {
      if (failure instanceof CallError && failure.code === "totp_required") setAsksCode(true);
      else setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="narrow">
      <Typography.Title level={1} style={{ fontSize: 28 }}>
        {t("product")}
      </Typography.Title>
      <Card>
        {problem !== null && !hasTried && <WeComProblem code={problem} />}
        <Form layout="vertical" onFinish={(values) => void signIn(values)} requiredMark={false}>
          <Form.Item name="login" label={t("signIn.login")} rules={[{ required: true }]}>
            <Input autoComplete="username" autoFocus />
          </Form.Item>
          <Form.Item name="password" label={t("signIn.password")} rules={[{ required: true }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {asksCode && (
            <Form.Item name="totp" label={t("signIn.code")} rules={[{ required: true }]}>
              <Input autoComplete="one-time-code" inputMode="numeric" autoFocus />
            </Form.Item>
          )}
          {error !== undefined && <Alert type="error" title={errorText(error)} style={{ marginBottom: 16 }} />}
          <Button type="primary" htmlType="submit" block loading={isBusy}>
            {t("signIn.submit")}
          </Button>
        </Form>
        <WeComButtons to={wantedPath(search)} />
      </Card>
      <LanguageSwitch />
    </main>
  );
}
