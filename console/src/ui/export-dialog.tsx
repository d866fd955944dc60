import { Alert, Button, Modal, Progress, Space } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { exportUrl, follow, type Progress as Done, type StreamRequests } from "../api/stream";
import { useErrorText } from "./problem";

type Exports = "export/groups" | "export/sop-tasks";

/** An export: begins when it is shown, tells its progress, and offers the file. */
export default function ExportDialog<P extends Exports>(props: {
  path: P;
  request: StreamRequests[P];
  onClose: () => void;
}) {
  const { path, request, onClose } = props;
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [progress, setProgress] = useState<Done>({ done: 0, total: null });
  const [ready, setReady] = useState<{ token: string; nRows: number }>();
  const [error, setError] = useState<unknown>();
  const wanted = useRef(request);

  useEffect(() => {
    const stop = new AbortController();
    follow(path, wanted.current, setProgress, stop.signal)
      .then(setReady)
      .catch((failure: unknown) => {
        if (!stop.signal.aborted) setError(failure);
      });
    return () => stop.abort();
  }, [path]);

  const { done, total } = progress;
  const percent = ready ? 100 : total ? Math.floor((done / total) * 99) : 0;
  return (
    <Modal open title={ready ? t("export.ready") : t("export.title")} onCancel={onClose} footer={null}>
      <Space orientation="vertical" style={{ width: "100%" }} aria-live="polite">
        {error === undefined && (
          <Progress
            percent={percent}
            status={ready ? "success" : "active"}
            showInfo={total !== null || ready !== undefined}
            aria-label={t("export.title")}
          />
        )}
        {error !== undefined && <Alert type="error" showIcon title={errorText(error)} />}
        {ready ? (
          <>
            <span>{t("export.rows", { n: ready.nRows })}</span>
            <Button type="primary" href={exportUrl(ready.token)} download>
              {t("export.download")}
            </Button>
          </>
        ) : (
          error === undefined && <span>{t("export.done", { n: done })}</span>
        )}
      </Space>
    </Modal>
  );
}
