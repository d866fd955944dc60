import { Alert, Modal, Typography } from "antd";
import { useTranslation } from "react-i18next";

interface Props {
  title: string;
  /** One, or several with their names. */
  secret: string | Record<string, string>;
  /** What to do with it. */
  note?: string;
  onClose: () => void;
}

/** A secret that is shown once, to be copied. */
export function ShownOnce({ title, secret, note, onClose }: Props) {
  const { t } = useTranslation();
  const secrets = typeof secret === "string" ? [["", secret] as const] : Object.entries(secret);
  return (
    <Modal
      open
      title={title}
      onOk={onClose}
      onCancel={onClose}
      okText={t("once.done")}
      cancelButtonProps={{ style: { display: "none" } }}
      mask={{ closable: false }}
    >
      <Alert type="warning" title={t("once.note")} description={note} style={{ marginBottom: 16 }} />
      {secrets.map(([name, text]) => (
        <Typography.Paragraph key={name}>
          {name && <div>{name}</div>}
          <Typography.Text copyable code style={{ overflowWrap: "anywhere" }}>
            {text}
          </Typography.Text>
        </Typography.Paragraph>
      ))}
    </Modal>
  );
}
