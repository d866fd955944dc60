import { useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Modal, Progress, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { follow, type GroupFilter, type Progress as Done, type StreamReplies } from "../../api/stream";
import { PickTags } from "../../ui/pick";
import { useErrorText } from "../../ui/problem";

/** Puts tags on all groups that the filter finds, and takes tags off them. */
export default function TagAll({
  filter,
  total,
  onClose,
}: {
  filter: GroupFilter;
  total: number;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [addIds, setAddIds] = useState<string[]>([]);
  const [removeIds, setRemoveIds] = useState<string[]>([]);
  const [progress, setProgress] = useState<Done>();
  const [result, setResult] = useState<StreamReplies["tag-all"]>();
  const [error, setError] = useState<unknown>();
  const clash = addIds.some((id) => removeIds.includes(id));
  const isBusy = progress !== undefined && !result && error === undefined;

  const run = async () => {
    setError(undefined);
    setProgress({ done: 0, total });
    try {
      setResult(await follow("tag-all", { filter, addIds, removeIds }, setProgress));
    } catch (failure) {
      setError(failure);
    } finally {
      await queries.invalidateQueries({ queryKey: ["groups"] });
      await queries.invalidateQueries({ queryKey: ["group-tags"] });
    }
  };
  const percent = result ? 100 : Math.floor(((progress?.done ?? 0) / Math.max(progress?.total ?? total, 1)) * 99);
  return (
    <Modal
      open
      title={t("groups.tagAll", { total })}
      onCancel={onClose}
      mask={{ closable: !isBusy }}
      okText={result ? t("groups.close") : t("groups.tagAllRun", { total })}
      okButtonProps={{ disabled: clash || addIds.length + removeIds.length === 0, loading: isBusy }}
      cancelButtonProps={{ style: result ? { display: "none" } : undefined }}
      onOk={result ? onClose : () => void run()}
    >
      <Typography.Paragraph>{t("groups.tagAllNote")}</Typography.Paragraph>
      <Form layout="vertical" disabled={isBusy || result !== undefined}>
        <Form.Item label={t("groups.add")} htmlFor="addTags">
          <PickTags id="addTags" value={addIds} onChange={setAddIds} placeholder={t("groups.pickTags")} />
        </Form.Item>
        <Form.Item
          label={t("groups.takeOff")}
          htmlFor="removeTags"
          validateStatus={clash ? "error" : ""}
          help={clash ? t("groups.clash") : undefined}
        >
          <PickTags id="removeTags" value={removeIds} onChange={setRemoveIds} placeholder={t("groups.pickTags")} />
        </Form.Item>
      </Form>
      <div aria-live="polite">
        {progress && error === undefined && (
          <Progress percent={percent} status={result ? "success" : "active"} aria-label={t("groups.tagAllTitle")} />
        )}
        {result && <Alert type="success" showIcon title={t("groups.tagged", { ...result })} />}
        {error !== undefined && (
          <Alert type="error" showIcon title={errorText(error)} description={t("groups.tagAllFailed")} />
        )}
      </div>
    </Modal>
  );
}
