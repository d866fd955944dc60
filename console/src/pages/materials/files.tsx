import { FileOutlined, VideoCameraOutlined } from "@ant-design/icons";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Empty, Popconfirm, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { may, useMe } from "../../api/session";
import { fileUrl } from "../../api/stream";
import { useListState } from "../../ui/list-state";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { sizeText } from "../../ui/size";
import { timeText } from "../../ui/time";
import { UploadFiles } from "./upload-files";

export type LibraryFile = Reply<"files/list">["rows"][number];

const COLORS: Record<string, string> = { image: "blue", video: "purple" };

/** The files of the library. */
export function Files() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const me = useMe().data;
  const zone = me?.company?.zone ?? "UTC";
  const mayChange = may(me, "manage_materials");
  const { paging, pages } = useListState([]);
  const files = useQuery({
    queryKey: ["files", paging],
    queryFn: ({ signal }) => call("files/list", { paging }, signal),
    placeholderData: keepPreviousData,
  });
  const remove = useMutation({
    mutationFn: (id: string) => call("files/delete", { id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["files"] }),
    onError: (error) => void message.error(errorText(error)),
  });

  if (files.isError) return <ErrorNote error={files.error} again={() => void files.refetch()} />;
  const columns = [
    {
      title: t("materials.file"),
      key: "name",
      render: (_: unknown, file: LibraryFile) => (
        <a href={fileUrl(file.id)} target="_blank" rel="noreferrer" className="file">
          <Thumbnail file={file} />
          <span className="file-name">{file.name}</span>
        </a>
      ),
    },
    {
      title: t("materials.kind"),
      key: "kind",
      className: "one-line",
      render: (_: unknown, file: LibraryFile) => (
        <Tag color={COLORS[file.kind]}>{t(`materials.kinds.${file.kind}`)}</Tag>
      ),
    },
    {
      title: t("materials.size"),
      key: "size",
      className: "one-line",
      render: (_: unknown, file: LibraryFile) => sizeText(file.nBytes),
    },
    {
      title: t("materials.made"),
      key: "made",
      className: "one-line",
      render: (_: unknown, file: LibraryFile) => timeText(file.createdAtMs, zone),
    },
    {
      title: <span className="for-readers">{t("actions")}</span>,
      key: "acts",
      hidden: !mayChange,
      render: (_: unknown, file: LibraryFile) => (
        <Popconfirm
          title={t("materials.deleteFile", { name: file.name })}
          description={t("materials.deleteFileNote")}
          okText={t("materials.delete")}
          okButtonProps={{ danger: true }}
          onConfirm={() => remove.mutateAsync(file.id).catch(() => undefined)}
        >
          <Button type="text" size="small" danger aria-label={t("materials.deleteNamed", { name: file.name })}>
            {t("materials.delete")}
          </Button>
        </Popconfirm>
      ),
    },
  ];
  return (
    <>
      {mayChange && <UploadFiles />}
      <ScrollTable<LibraryFile>
        rowKey="id"
        size="middle"
        columns={columns}
        dataSource={files.data?.rows}
        loading={files.isFetching}
        scroll={{ x: 640 }}
        locale={{ emptyText: <Empty description={t(mayChange ? "materials.noFiles" : "materials.noFilesYet")} /> }}
        pagination={{ ...pages(files.data?.total), showTotal: (total) => t("total", { total }) }}
      />
    </>
  );
}

/** The name stands beside it: to a reader the picture says nothing more. */
function Thumbnail({ file }: { file: LibraryFile }) {
  if (file.kind === "image") return <img src={fileUrl(file.id)} alt="" loading="lazy" className="thumbnail" />;
  const Icon = file.kind === "video" ? VideoCameraOutlined : FileOutlined;
  return (
    <span className="thumbnail" aria-hidden>
      <Icon />
    </span>
  );
}
