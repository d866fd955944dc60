import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Alert, Empty } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { TASK_STATES } from "../../ui/sop-state";
import { taskColumns } from "../../ui/task-columns";
import { TaskStory } from "../../ui/task-story";
import { timeText } from "../../ui/time";

type Page = Reply<"groups/tasks">;
type Task = Page["rows"][number];

const PAGE_SIZE = 200;

/** The newest tasks of a group, two pages of the server's at most, by their times. */
export function useGroupTasks(chatId: string) {
  return useQuery({
    queryKey: ["group", chatId, "tasks"],
    queryFn: async ({ signal }): Promise<Page> => {
      const page = (pageNo: number) =>
        call("groups/tasks", { chatId, paging: { pageNo, pageSize: PAGE_SIZE } }, signal);
      const first = await page(1);
      const last = Math.ceil(first.total / PAGE_SIZE);
      if (last < 2) return first;
      const pages = await Promise.all([last - 1, last].map((no) => (no === 1 ? first : page(no))));
      return { total: first.total, rows: pages.flatMap(({ rows }) => rows) };
    },
  });
}

const isOpen = (task: Task) => ["planned", "handed"].includes(TASK_STATES[task.status] ?? "");

/** What is to be done, the next first, or what was, the last first. */
export function GroupTasks({ tasks, part }: { tasks: UseQueryResult<Page>; part: "open" | "done" }) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const [shown, setShown] = useState<Task>();
  if (tasks.isError) return <ErrorNote error={tasks.error} again={() => void tasks.refetch()} />;
  const all = tasks.data?.rows ?? [];
  const rows = part === "open" ? all.filter(isOpen) : all.filter((task) => !isOpen(task)).reverse();
  const columns = [
    {
      title: t("sops.due"),
      key: "due",
      className: "one-line",
      render: (_: unknown, row: Task) => timeText(row.startAtMs, zone),
    },
    {
      title: t("groups.sop"),
      key: "sop",
      render: (_: unknown, row: Task) => <Link to={`/sops/${row.sopId}`}>{row.title}</Link>,
    },
    ...taskColumns<Task>(t, setShown),
  ];
  return (
    <>
      {(tasks.data?.total ?? 0) > all.length && (
        <Alert title={t("groups.newest", { n: all.length })} style={{ marginBottom: 12 }} />
      )}
      <ScrollTable<Task>
        size="small"
        rowKey="id"
        columns={columns}
        dataSource={rows}
        loading={tasks.isPending}
        locale={{ emptyText: <Empty description={t(part === "open" ? "groups.noTasks" : "groups.noHistory")} /> }}
        pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      />
      <TaskStory task={shown && { id: shown.id, title: shown.title }} onClose={() => setShown(undefined)} />
    </>
  );
}
