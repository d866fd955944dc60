import { Alert, Form, Input, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Request } from "../../api/call";
import { PickDepartments, PickStaff } from "../../ui/pick";
import { useErrorText } from "../../ui/problem";
import type { User } from ".";

type Values = Request<"users/create"> & { isDisabled?: boolean };

interface Props {
  /** Nothing for a new one. */
  user: User | undefined;
  onMade: (login: string, oneTimePassword: string) => void;
  onClose: () => void;
}

/** Making or changing a user. */
export function UserForm({ user, onMade, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const errorText = useErrorText();
  const save = async ({ isDisabled = false, login, ...values }: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      const member = {
        name: values.name ?? "",
        role: values.role,
        staffId: values.staffId ?? null,
        departmentIds: values.departmentIds ?? [],
      };
      if (user) await call("users/edit", { id: user.id, isDisabled, ...member });
      else onMade(login, (await call("users/create", { login, ...member })).oneTimePassword);
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const roles = (["admin", "operator", "viewer", "own"] as const).map((role) => ({
    value: role,
    label: t(`roles.${role}`),
  }));
  return (
    <Modal open title={user?.login ?? t("users.create")} onCancel={onClose} onOk={form.submit} confirmLoading={isBusy}>
      <Form
        form={form}
        layout="vertical"
        initialValues={user ?? { role: "operator" }}
        onFinish={(values) => void save(values)}
      >
        {!user && (
          <Form.Item
            name="login"
            label={t("users.login")}
            rules={[{ required: true, pattern: /^[A-Za-z0-9._@-]{2,64}$/ }]}
          >
            <Input autoFocus autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="name" label={t("users.name")}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="role" label={t("users.role")} rules={[{ required: true }]}>
          <Select options={roles} disabled={user?.isSiteAdmin} />
        </Form.Item>
        <Form.Item name="departmentIds" label={t("users.departments")} extra={t("users.departmentsRule")}>
          <PickDepartments />
        </Form.Item>
        <Form.Item name="staffId" label={t("users.staff")} extra={t("users.staffRule")}>
          <PickStaff
            disabled={user?.isSiteAdmin}
            known={user?.staffId ? [{ value: user.staffId, label: user.staffName ?? user.staffId }] : []}
          />
        </Form.Item>
        {user && (
          <Form.Item name="isDisabled" label={t("users.disabled")} valuePropName="checked">
            <Switch />
          </Form.Item>
        )}
        {error !== undefined && <Alert type="error" title={errorText(error)} />}
      </Form>
    </Modal>
  );
}
