import { Alert, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useErrorText } from "../../ui/problem";
import type { ApiApp } from ".";

interface Values {
  suffix: string;
  name: string;
  scopes: string[];
  addresses: string[];
}

interface Props {
  /** Nothing for a new one. */
  app: ApiApp | undefined;
  scopes: string[];
  onMade: (key: Reply<"apps/create">) => void;
  onClose: () => void;
}

/** Making or changing an app. */
export function AppForm({ app, scopes, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const errorText = useErrorText();
  const save = async ({ suffix, ...values }: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      if (app) await call("apps/edit", { ...app, ...values });
      else onMade(await call("apps/create", { suffix, ...values }));
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const initial = { name: app?.name ?? "", scopes: app?.scopes ?? [], addresses: app?.addresses ?? [] };
  return (
    <Modal open title={app?.appId ?? t("apps.create")} onCancel={onClose} onOk={form.submit} confirmLoading={isBusy}>
      <Form form={form} layout="vertical" initialValues={initial} onFinish={(values) => void save(values)}>
        {!app && (
          <Form.Item
            name="suffix"
            label={t("apps.suffix")}
            extra={t("apps.suffixRule")}
            rules={[{ required: true, pattern: /^[A-Za-z0-9-]{1,32}$/ }]}
          >
            <Input autoFocus />
          </Form.Item>
        )}
        <Form.Item name="name" label={t("apps.name")} rules={[{ required: app !== undefined }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="scopes" label={t("apps.scopes")} extra={t("apps.scopesRule")}>
          <Select mode="multiple" options={scopes.map((scope) => ({ value: scope, label: scope }))} />
        </Form.Item>
        <Form.Item name="addresses" label={t("apps.addresses")} extra={t("apps.addressesRule")}>
          <Select mode="tags" tokenSeparators={[" ", ","]} open={false} suffixIcon={null} />
        </Form.Item>
        {error !== undefined && <Alert type="error" title={errorText(error)} />}
      </Form>
    </Modal>
  );
}
