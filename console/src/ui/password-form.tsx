import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api/call";
import { useErrorText } from "./problem";

interface Values {
  old: string;
  new: string;
  again: string;
}

/** Changing the own password. */
export function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const errorText = useErrorText();
  const [form] = Form.useForm<Values>();
  const change = async (values: Values) => {
    setError(undefined);
    try {
      await call("session/change-password", { old: values.old, new: values.new });
      form.resetFields();
      onDone();
    } catch (failure) {
      setError(failure);
    }
  };
  const isSame = (_: unknown, value: string) =>
    value === form.getFieldValue("new") ? Promise.resolve() : Promise.reject(new Error(t("password.differ")));
  return (
    <Form form={form} layout="vertical" onFinish={(values) => void change(values)} requiredMark={false}>
      <Form.Item name="old" label={t("password.old")} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="new" label={t("password.new")} extra={t("password.rule")} rules={[{ required: true, min: 10 }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("password.again")}
        dependencies={["new"]}
        rules={[{ required: true }, { validator: isSame }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {error !== undefined && <Alert type="error" title={errorText(error)} style={{ marginBottom: 16 }} />}
      <Button type="primary" htmlType="submit">
        {t("password.submit")}
      </Button>
    </Form>
  );
}
