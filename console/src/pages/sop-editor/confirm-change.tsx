import { useQuery } from "@tanstack/react-query";
import { Modal, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { ErrorNote } from "../../ui/problem";
import type { Change } from "./draft";

interface Props {
  change: Change;
  isBusy: boolean;
  onSave: () => void;
  onClose: () => void;
}

/** What an edit means for tasks, before it is saved. */
export function ConfirmChange({ change, isBusy, onSave, onClose }: Props) {
  const { t } = useTranslation();
  const preview = useQuery({
    queryKey: ["sop-preview-edit", change],
    queryFn: ({ signal }) => call("sops/preview-edit", change, signal),
    retry: false,
    gcTime: 0,
  });
  return (
    <Modal
      open
      title={t("sopEditor.whatChanges")}
      okText={t("sopEditor.save")}
      okButtonProps={{ disabled: !preview.data }}
      confirmLoading={isBusy}
      onOk={onSave}
      onCancel={onClose}
    >
      {preview.isError && <ErrorNote error={preview.error} again={() => void preview.refetch()} />}
      {preview.isPending && <Skeleton active />}
      {preview.data && (
        <>
          <p>{t("sopEditor.stepsChange", preview.data)}</p>
          <p>{t("sopEditor.tasksChange", preview.data)}</p>
        </>
      )}
    </Modal>
  );
}
