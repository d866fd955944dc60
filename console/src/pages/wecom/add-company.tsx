import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { call, type Request } from "../../api/call";
import type { Me } from "../../api/session";
import { useErrorText } from "../../ui/problem";

type Values = Request<"companies/add">;

/** Adds a company and goes on with it: to the page of its connection. */
export function AddCompany({ me }: { me: Me }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  const add = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      await call("companies/add", values);
      const { companies, company } = await call("session/me", {});
      const added = companies.find(({ id }) => !me.companies.some((known) => known.id === id));
      if (added && added.id !== company?.id) await call("session/choose-company", { companyId: added.id });
      await navigate("/wecom");
      await queries.resetQueries();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form<Values> name="add-company" layout="vertical" onFinish={(values) => void add(values)}>
      <Form.Item
        name="wecomCorpId"
        label={t("wecom.corpId")}
        extra={t("wecom.where.corpId")}
        rules={[{ required: true, pattern: /^w[wx][\w-]+$/, message: t("wecom.corpIdRule") }]}
      >
        <Input placeholder="ww0123456789abcdef" autoComplete="off" spellCheck={false} />
      </Form.Item>
      <Form.Item name="name" label={t("wecom.name")} rules={[{ required: true, max: 64 }]}>
        <Input autoComplete="organization" />
      </Form.Item>
      <Form.Item
        name="agentId"
        label={t("wecom.agentId")}
        extra={t("wecom.where.agentId")}
        rules={[{ required: true }]}
      >
        <InputNumber min={1} precision={0} controls={false} placeholder="1000002" style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item
        name="appSecret"
        label={t("wecom.appSecret")}
        extra={t("wecom.where.appSecret")}
        rules={[{ required: true }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {error !== undefined && <Alert type="error" showIcon title={errorText(error)} style={{ marginBottom: 16 }} />}
      <Button type="primary" htmlType="submit" loading={isBusy}>
        {t("wecom.add")}
      </Button>
    </Form>
  );
}
