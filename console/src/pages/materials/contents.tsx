import { PictureOutlined } from "@ant-design/icons";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Flex, Pagination, Popconfirm, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { may, useMe } from "../../api/session";
import { fileUrl } from "../../api/stream";
import { useListState } from "../../ui/list-state";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { timeText } from "../../ui/time";
import { ContentForm } from "./content-form";

export type Content = Reply<"materials/list">["rows"][number];

/** Contents that are made once and sent in many SOPs, as links. */
export function Contents() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const mayChange = may(useMe().data, "manage_materials");
  const { paging, change } = useListState([]);
  const [edited, setEdited] = useState<Content | "new">();
  const contents = useQuery({
    queryKey: ["materials", paging],
    queryFn: ({ signal }) => call("materials/list", { paging }, signal),
    placeholderData: keepPreviousData,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ["materials"] });
  const remove = useMutation({
    mutationFn: (id: string) => call("materials/delete", { id }),
    onSuccess: refresh,
    onError: (error) => void message.error(errorText(error)),
  });

  if (contents.isError) return <ErrorNote error={contents.error} again={() => void contents.refetch()} />;
  const create = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t("materials.create")}
    </Button>
  );
  const rows = contents.data?.rows ?? [];
  return (
    <Spin spinning={contents.isPending}>
      <Flex justify="space-between" align="center" gap="small" wrap className="contents-head">
        <span className="materials-note">{t("materials.contentsNote")}</span>
        {mayChange && rows.length > 0 && create}
      </Flex>
      {contents.isSuccess && rows.length === 0 && (
        <Empty description={t(mayChange ? "materials.noContents" : "materials.noContentsYet")}>
          {mayChange && create}
        </Empty>
      )}
      <ul className="plain-list contents" aria-label={t("materials.contents")}>
        {rows.map((content) => (
          <li key={content.id}>
            <ContentCard
              content={content}
              mayChange={mayChange}
              onEdit={() => setEdited(content)}
              onDelete={() => remove.mutateAsync(content.id).catch(() => undefined)}
            />
          </li>
        ))}
      </ul>
      <Pagination
        align="end"
        hideOnSinglePage
        current={paging.pageNo}
        pageSize={paging.pageSize}
        total={contents.data?.total ?? 0}
        showTotal={(total) => t("total", { total })}
        onChange={(page, size) => change({ page: String(page), size: String(size) })}
      />
      {edited && (
        <ContentForm
          content={edited === "new" ? undefined : edited}
          onSaved={() => void refresh()}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Spin>
  );
}

interface CardProps {
  content: Content;
  mayChange: boolean;
  onEdit: () => void;
  onDelete: () => Promise<unknown>;
}

function ContentCard({ content: { card, updatedAtMs }, mayChange, onEdit, onDelete }: CardProps) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  // Pictures of other hosts are not loaded here: the page's policy refuses them.
  const cover = card.cover ? (
    <img src={fileUrl(card.cover.id)} alt="" loading="lazy" />
  ) : (
    <PictureOutlined aria-label={card.coverUrl ? t("materials.coverElsewhere") : t("materials.noCover")} />
  );
  return (
    <Card size="small" className="content">
      <div className="content-top">
        <div className="content-words">
          <h2>{card.title}</h2>
          <p>{card.summary}</p>
        </div>
        <div className="content-cover">{cover}</div>
      </div>
      <WebLink url={card.url ?? ""} />
      <Flex justify="space-between" align="center" gap="small" className="content-foot">
        <span>{t("materials.changedAt", { at: timeText(updatedAtMs, zone) })}</span>
        {mayChange && (
          <Flex gap="small">
            <Button
              type="text"
              size="small"
              onClick={onEdit}
              aria-label={t("materials.editNamed", { name: card.title })}
            >
              {t("edit")}
            </Button>
            <Popconfirm
              title={t("materials.deleteContent", { name: card.title })}
              description={t("materials.deleteContentNote")}
              okText={t("materials.delete")}
              okButtonProps={{ danger: true }}
              onConfirm={onDelete}
            >
              <Button type="text" size="small" danger aria-label={t("materials.deleteNamed", { name: card.title })}>
                {t("materials.delete")}
              </Button>
            </Popconfirm>
          </Flex>
        )}
      </Flex>
    </Card>
  );
}

/** Only web addresses become links, whatever is stored. */
function WebLink({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url)) return <span className="content-url">{url}</span>;
  return (
    <a href={url} target="_blank" rel="noreferrer" className="content-url">
      {url}
    </a>
  );
}
