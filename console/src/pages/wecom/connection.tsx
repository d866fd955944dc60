import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, InputNumber, Select, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Request } from "../../api/call";
import { Panel } from "../../ui/panel";
import { useErrorText } from "../../ui/problem";
import type { WeCom } from ".";

type Values = Request<"wecom/edit">;

const ZONES = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));

/** What Siyu knows of the company. Secrets go in and never come out. */
export function Connection({ wecom }: { wecom: WeCom }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const save = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      await call("wecom/edit", values);
      form.setFieldsValue({ appSecret: "", contactSecret: "" });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["wecom"] }),
        queries.invalidateQueries({ queryKey: ["me"] }),
      ]);
      void message.success(t("wecom.saved"));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const initial = {
    name: wecom.name,
    agentId: wecom.agentId,
    zone: wecom.zone,
    appSecret: "",
    contactSecret: "",
  };
  const isSecret = { pattern: /^[!-~]*$/, message: t("wecom.secretRule") };
  return (
    <Panel title={t("wecom.connection")}>
      <Form form={form} name="wecom" layout="vertical" initialValues={initial} onFinish={(values) => void save(values)}>
        <Form.Item label={t("wecom.corpId")}>
          <Typography.Text copyable>{wecom.wecomCorpId}</Typography.Text>
        </Form.Item>
        <Form.Item name="name" label={t("wecom.name")} rules={[{ required: true, whitespace: true, max: 64 }]}>
          <Input autoComplete="organization" />
        </Form.Item>
        <Form.Item
          name="agentId"
          label={t("wecom.agentId")}
          extra={t("wecom.where.agentId")}
          rules={[{ required: true }]}
        >
          <InputNumber min={1} precision={0} controls={false} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item
          name="appSecret"
          label={t("wecom.appSecret")}
          extra={t("wecom.where.appSecret")}
          rules={[isSecret, { max: 256 }]}
        >
          <Input.Password placeholder={t("wecom.stored")} autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="contactSecret"
          label={t("wecom.contactSecret")}
          extra={`${t("wecom.contactSecretNote")} ${t("wecom.where.contactSecret")}`}
          rules={[isSecret, { max: 256 }]}
        >
          <Input.Password
            placeholder={t(wecom.hasContactSecret ? "wecom.stored" : "wecom.notStored")}
            autoComplete="new-password"
          />
        </Form.Item>
        <Form.Item name="zone" label={t("wecom.zone")} extra={t("wecom.zoneNote")} rules={[{ required: true }]}>
          <Select showSearch options={ZONES} aria-label={t("wecom.zone")} />
        </Form.Item>
        <p className="wecom-note">{t("wecom.saveNote")}</p>
        {error !== undefined && <Alert type="error" showIcon title={errorText(error)} style={{ marginBottom: 16 }} />}
        <Button type="primary" htmlType="submit" loading={isBusy}>
          {t("wecom.save")}
        </Button>
      </Form>
    </Panel>
  );
}
