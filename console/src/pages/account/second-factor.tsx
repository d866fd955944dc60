import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Form, Input, QRCode, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useErrorText } from "../../ui/problem";

/** Setting up codes of six digits, or doing without them again. */
export function SecondFactor() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const errorText = useErrorText();
  const [offered, setOffered] = useState<Reply<"totp/begin">>();
  const [error, setError] = useState<unknown>();
  const has = me.data?.user.hasTotp ?? false;

  const finish = async ({ password, code }: { password: string; code: string }) => {
    setError(undefined);
    try {
      if (has) await call("totp/remove", { password });
      else await call("totp/confirm", { password, code, secret: offered?.secret ?? "" });
      setOffered(undefined);
      await queries.invalidateQueries({ queryKey: ["me"] });
    } catch (failure) {
      setError(failure);
    }
  };
  const begin = async () => setOffered(await call("totp/begin", {}));

  return (
    <Card title={t("totp.title")}>
      <Typography.Paragraph>{t(has ? "totp.on" : "totp.off")}</Typography.Paragraph>
      {!has && !offered && <Button onClick={() => void begin()}>{t("totp.begin")}</Button>}
      {offered && (
        <>
          <QRCode value={offered.uri} type="svg" />
          <Typography.Paragraph copyable>{offered.secret}</Typography.Paragraph>
        </>
      )}
      {(has || offered) && (
        <Form layout="vertical" onFinish={(values: { password: string; code: string }) => void finish(values)}>
          <Form.Item name="password" label={t("password.old")} rules={[{ required: true }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {offered && (
            <Form.Item name="code" label={t("signIn.code")} rules={[{ required: true }]}>
              <Input autoComplete="one-time-code" inputMode="numeric" />
            </Form.Item>
          )}
          {error !== undefined && <Alert type="error" title={errorText(error)} style={{ marginBottom: 16 }} />}
          <Button htmlType="submit">{t(has ? "totp.remove" : "totp.confirm")}</Button>
        </Form>
      )}
    </Card>
  );
}
