import { Alert, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { nBytes } from "../../ui/bytes";
import { useErrorText } from "../../ui/problem";
import type { Content } from "./contents";
import { Cover, type CoverFile } from "./cover";

interface Values {
  title: string;
  url: string;
  summary: string;
  coverUrl: string;
  cover: CoverFile | null;
}

interface Props {
  /** Nothing for a new one. */
  content: Content | undefined;
  onSaved: () => void;
  onClose: () => void;
}

// WeCom counts bytes: a Chinese character has three.
const LIMITS = { title: 128, summary: 512, url: 2048 };

/** Making or changing a marketing content. */
export function ContentForm({ content, onSaved, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const errorText = useErrorText();

  const save = async ({ cover, ...card }: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      await call("materials/save", { id: content?.id ?? null, card: { ...card, cover } });
      onSaved();
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const within = (most: number) => ({
    validator: (_: unknown, text: string) =>
      nBytes(text ?? "") <= most
        ? Promise.resolve()
        : Promise.reject(new Error(t("materials.tooLong", { n: nBytes(text), most }))),
  });
  const isWebAddress = { pattern: /^https?:\/\/\S+$/i, message: t("materials.urlRule") };
  const card = content?.card;
  const initial: Values = {
    title: card?.title ?? "",
    url: card?.url ?? "",
    summary: card?.summary ?? "",
    coverUrl: card?.coverUrl ?? "",
    cover: card?.cover ?? null,
  };
  return (
    <Modal
      open
      title={content ? t("materials.change") : t("materials.create")}
      okText={t("materials.save")}
      onCancel={onClose}
      onOk={form.submit}
      confirmLoading={isBusy}
      mask={{ closable: false }}
    >
      <Form
        form={form}
        name="content"
        layout="vertical"
        initialValues={initial}
        onFinish={(values) => void save(values)}
      >
        <Form.Item
          name="title"
          label={t("materials.title")}
          extra={t("materials.titleRule")}
          rules={[{ required: true, whitespace: true }, within(LIMITS.title)]}
        >
          <Input autoFocus />
        </Form.Item>
        <Form.Item name="url" label={t("materials.url")} rules={[{ required: true }, isWebAddress, within(LIMITS.url)]}>
          <Input placeholder="https://" inputMode="url" />
        </Form.Item>
        <Form.Item
          name="summary"
          label={t("materials.summary")}
          extra={t("materials.summaryRule")}
          rules={[within(LIMITS.summary)]}
        >
          <Input.TextArea rows={4} />
        </Form.Item>
        <Form.Item name="cover" label={t("materials.cover")} extra={t("materials.coverRule")}>
          <Cover />
        </Form.Item>
        <Form.Item
          name="coverUrl"
          label={t("materials.coverUrl")}
          extra={t("materials.coverUrlRule")}
          rules={[isWebAddress, within(LIMITS.url)]}
        >
          <Input placeholder="https://" inputMode="url" />
        </Form.Item>
        {error !== undefined && <Alert type="error" showIcon title={errorText(error)} />}
      </Form>
    </Modal>
  );
}
