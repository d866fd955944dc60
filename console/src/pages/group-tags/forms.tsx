import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { useErrorText } from "../../ui/problem";

export interface Named {
  id: string;
  name: string;
}

/** New tags in a group of tags, which is made when there is none of that name. */
export function CreateTags({ groupName, onClose }: { groupName: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog<{ groupName: string; names: string[] }>
      title={t("groupTags.create")}
      initial={{ groupName, names: [] }}
      save={(values) => call("group-tags/create", values)}
      onClose={onClose}
    >
      <Form.Item name="groupName" label={t("groupTags.group")} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={30} disabled={groupName !== ""} autoFocus={groupName === ""} />
      </Form.Item>
      <Form.Item
        name="names"
        label={t("groupTags.names")}
        extra={t("groupTags.namesRule")}
        rules={[{ required: true }]}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、", "\n"]} />
      </Form.Item>
    </Dialog>
  );
}

export function Rename({ kind, named, onClose }: { kind: "tag" | "group"; named: Named; onClose: () => void }) {
  const { t } = useTranslation();
  const save = async ({ name }: { name: string }) => {
    if (kind === "group") return call("group-tags/rename-group", { id: named.id, name });
    return call("group-tags/rename", { id: named.id, name });
  };
  return (
    <Dialog<{ name: string }>
      title={t("groupTags.renameNamed", { name: named.name })}
      initial={{ name: named.name }}
      save={save}
      onClose={onClose}
    >
      <Form.Item name="name" label={t("groupTags.newName")} rules={[{ required: true, whitespace: true }]}>
        <Input maxLength={30} autoFocus />
      </Form.Item>
    </Dialog>
  );
}

interface DialogProps<Values> {
  title: string;
  initial: Values;
  save: (values: Values) => Promise<unknown>;
  onClose: () => void;
  children: React.ReactNode;
}

/** A form over the page; what the server refuses is said in it, and nothing that was typed is lost. */
function Dialog<Values extends object>({ title, initial, save, onClose, children }: DialogProps<Values>) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const saving = useMutation({
    mutationFn: save,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["group-tags"] });
      await queries.invalidateQueries({ queryKey: ["groups"] });
      onClose();
    },
  });
  return (
    <Modal
      open
      title={title}
      okText={t("groupTags.save")}
      onOk={() => form.submit()}
      confirmLoading={saving.isPending}
      onCancel={onClose}
    >
      {saving.isError && <Alert type="error" showIcon title={errorText(saving.error)} style={{ marginBottom: 16 }} />}
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initial}
        onFinish={(values) => saving.mutate({ ...initial, ...values })}
      >
        {children}
      </Form>
    </Modal>
  );
}
