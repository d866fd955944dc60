import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Empty, Flex, Tag } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../../api/call";
import { may, useMe } from "../../api/session";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { timeText } from "../../ui/time";
import { Title } from "../../ui/title";
import { useGroupFilter } from "./filter";
import { Filters } from "./filters";

const ExportDialog = lazy(() => import("../../ui/export-dialog"));
const TagAll = lazy(() => import("./tag-all"));

type Group = Reply<"groups/list">["rows"][number];

export function Component() {
  const { t, i18n } = useTranslation();
  const me = useMe().data;
  const zone = me?.company?.zone ?? "UTC";
  const state = useGroupFilter(zone);
  const { filter, paging, pages, isFiltered } = state;
  const [dialog, setDialog] = useState<"tag" | "export">();
  const groups = useQuery({
    queryKey: ["groups", paging, filter],
    queryFn: ({ signal }) => call("groups/list", { paging, filter }, signal),
    placeholderData: keepPreviousData,
  });
  const total = groups.data?.total ?? 0;
  const close = () => setDialog(undefined);
  return (
    <>
      <Title
        actions={
          <>
            {may(me, "tag_groups") && (
              <Button disabled={total === 0} onClick={() => setDialog("tag")}>
                {t("groups.tagAll", { total })}
              </Button>
            )}
            <Button disabled={total === 0} onClick={() => setDialog("export")}>
              {t("groups.export")}
            </Button>
          </>
        }
      >
        {t("nav.groups")}
      </Title>
      <Filters state={state} ownerName={groups.data?.rows.find((row) => row.ownerId === filter.ownerId)?.ownerName} />
      {groups.isError ? (
        <ErrorNote error={groups.error} again={() => void groups.refetch()} />
      ) : (
        <ScrollTable<Group>
          rowKey="chatId"
          columns={columns(t, zone)}
          dataSource={groups.data?.rows}
          loading={groups.isFetching}
          locale={{ emptyText: <Empty description={isFiltered ? t("groups.noneFound") : t("groups.none_yet")} /> }}
          pagination={{ ...pages(total), showTotal: (total) => t("total", { total }) }}
        />
      )}
      <Suspense>
        {dialog === "tag" && <TagAll filter={filter} total={total} onClose={close} />}
        {dialog === "export" && (
          <ExportDialog
            path="export/groups"
            request={{ filter, language: i18n.language.startsWith("zh") ? "zh" : "en" }}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

const columns = (t: (key: string) => string, zone: string) => [
  {
    title: t("groups.name"),
    key: "name",
    render: (_: unknown, row: Group) => (
      <Link to={`/groups/${encodeURIComponent(row.chatId)}`}>{row.name || t("groups.noName")}</Link>
    ),
  },
  { title: t("groups.owner"), dataIndex: "ownerName", key: "owner", className: "one-line" },
  {
    title: t("groups.departments"),
    key: "departments",
    render: (_: unknown, row: Group) => row.departmentNames.join("、"),
  },
  {
    title: t("groups.tags"),
    key: "tags",
    render: (_: unknown, row: Group) => (
      <Flex wrap gap={4}>
        {row.tagNames.map((name) => (
          <Tag key={name}>{name}</Tag>
        ))}
      </Flex>
    ),
  },
  {
    title: t("groups.tasks"),
    key: "tasks",
    className: "one-line",
    render: (_: unknown, row: Group) => row.tasks.length,
  },
  {
    title: t("groups.made"),
    key: "made",
    className: "one-line",
    render: (_: unknown, row: Group) => timeText(row.createdAtMs, zone),
  },
];
