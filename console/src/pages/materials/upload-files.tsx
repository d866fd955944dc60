import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  CloseOutlined,
  InboxOutlined,
  LoadingOutlined,
} from "@ant-design/icons";
import { Button, Upload as AntUpload } from "antd";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../../ui/problem";
import { useUploads, type Upload } from "./use-uploads";

const ICONS = {
  waits: ClockCircleOutlined,
  runs: LoadingOutlined,
  done: CheckCircleFilled,
  failed: CloseCircleFilled,
  too_large: CloseCircleFilled,
};

/** Where files are dropped or chosen, and what becomes of each. */
export function UploadFiles() {
  const { t } = useTranslation();
  const { uploads, add, forget } = useUploads();
  const take = (file: File) => {
    add(file);
    return false;
  };
  return (
    <div className="uploads">
      <AntUpload.Dragger multiple showUploadList={false} beforeUpload={take} height={104}>
        <p className="upload-title">
          <InboxOutlined aria-hidden /> {t("materials.drop")}
        </p>
        <p className="upload-note">{t("materials.dropNote")}</p>
      </AntUpload.Dragger>
      <ul className="plain-list" aria-label={t("materials.uploads")} aria-live="polite">
        {uploads.map((upload) => (
          <Line key={upload.key} upload={upload} onForget={() => forget(upload.key)} />
        ))}
      </ul>
    </div>
  );
}

function Line({ upload, onForget }: { upload: Upload; onForget: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const Icon = ICONS[upload.state];
  const isOver = upload.state === "failed" || upload.state === "too_large";
  return (
    <li className={`upload upload-${upload.state}`}>
      <Icon aria-hidden />
      <span className="file-name">{upload.name}</span>
      <span className="upload-state">
        {upload.state === "failed" ? errorText(upload.error) : t(`materials.states.${upload.state}`)}
      </span>
      {isOver && (
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t("materials.dismiss")}
          onClick={onForget}
        />
      )}
    </li>
  );
}
