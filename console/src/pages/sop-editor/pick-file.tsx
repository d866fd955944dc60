import { UploadOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Empty, Flex, Modal, Pagination, Skeleton, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { may, useMe } from "../../api/session";
import { fileUrl, upload } from "../../api/stream";
import { ErrorNote, useErrorText } from "../../ui/problem";

type Row = Reply<"files/list">["rows"][number];
type File = { id: string; name?: string; nBytes?: number };

interface Props {
  /** Only files of this kind; any without. */
  kind: "image" | "video" | undefined;
  file: File | undefined;
  onChange: (file: { id: string; name: string; nBytes: number }) => void;
}

/** A file of the library, or one that is put there now. */
export function PickFile({ kind, file, onChange }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Flex align="center" gap="small" wrap>
      {file?.id && kind === "image" && <img src={fileUrl(file.id)} alt="" height={40} />}
      {file?.id && <span>{file.name}</span>}
      <Button onClick={() => setOpen(true)}>{file?.id ? t("sopEditor.otherFile") : t("sopEditor.chooseFile")}</Button>
      {isOpen && (
        <Library
          kind={kind}
          onClose={() => setOpen(false)}
          onChoose={(row) => {
            onChange({ id: row.id, name: row.name, nBytes: row.nBytes });
            setOpen(false);
          }}
        />
      )}
    </Flex>
  );
}

const ACCEPT = { image: "image/png,image/jpeg", video: "video/mp4" };
const PAGE_SIZE = 20;

function Library({
  kind,
  onChoose,
  onClose,
}: Pick<Props, "kind"> & { onChoose: (row: Row) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe().data;
  const queries = useQueryClient();
  const errorText = useErrorText();
  const [pageNo, setPage] = useState(1);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const files = useQuery({
    queryKey: ["files", "pick", pageNo],
    queryFn: ({ signal }) => call("files/list", { paging: { pageNo, pageSize: PAGE_SIZE } }, signal),
  });
  const shown = files.data?.rows.filter((row) => kind === undefined || row.kind === kind) ?? [];
  const put = async (file: Blob & { name: string }) => {
    setBusy(true);
    setError(undefined);
    try {
      const made = (await upload(file as globalThis.File)) as Row;
      await queries.invalidateQueries({ queryKey: ["files"] });
      if (kind !== undefined && made.kind !== kind) throw new Error(t(`sopEditor.notOfKind.${kind}`));
      onChoose(made);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={t("sopEditor.library")} footer={null} onCancel={onClose}>
      {may(me, "manage_materials") && (
        <Upload
          showUploadList={false}
          accept={kind && ACCEPT[kind]}
          beforeUpload={(file) => {
            void put(file);
            return false;
          }}
        >
          <Button icon={<UploadOutlined />} loading={isBusy}>
            {t("sopEditor.upload")}
          </Button>
        </Upload>
      )}
      {error !== undefined && (
        <Alert
          type="error"
          showIcon
          style={{ marginTop: 8 }}
          title={error instanceof Error && error.constructor === Error ? error.message : errorText(error)}
        />
      )}
      {files.isError && <ErrorNote error={files.error} again={() => void files.refetch()} />}
      {files.isPending && <Skeleton active />}
      <Flex wrap gap="small" style={{ margin: "16px 0" }}>
        {shown.map((row) => (
          <Button key={row.id} style={{ height: "auto", padding: 8, maxWidth: "100%" }} onClick={() => onChoose(row)}>
            <Flex vertical align="center" gap={4}>
              {row.kind === "image" && <img src={fileUrl(row.id)} alt="" height={64} loading="lazy" />}
              <span>{row.name}</span>
            </Flex>
          </Button>
        ))}
      </Flex>
      {files.data && shown.length === 0 && <Empty description={t("sopEditor.noFiles")} />}
      <Pagination
        hideOnSinglePage
        current={pageNo}
        pageSize={PAGE_SIZE}
        total={files.data?.total ?? 0}
        showSizeChanger={false}
        onChange={setPage}
      />
    </Modal>
  );
}
