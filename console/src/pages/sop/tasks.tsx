import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { TASK_STATES } from "../../ui/sop-state";
import { taskColumns } from "../../ui/task-columns";
import { TaskStory } from "../../ui/task-story";
import { timeText } from "../../ui/time";
import type { Progress } from "./progress";
import type { Detail } from ".";

type Task = Reply<"sops/tasks">["rows"][number];

/** The tasks of the SOP, and what became of each. */
export function Tasks({ detail, progress }: { detail: Detail; progress: Progress | undefined }) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const { filters, paging, pages, change } = useListState(["state", "step", "owner"] as const);
  const [shown, setShown] = useState<Task>();
  const { id } = detail.card;
  const state = TASK_STATES.find((name) => name === filters.state) ?? null;
  const stepNo = /^\d+$/.test(filters.step) ? Number(filters.step) : null;
  const request = { id, paging, state, stepNo, ownerId: filters.owner || null };
  const tasks = useQuery({
    queryKey: ["sop", id, "tasks", request],
    queryFn: ({ signal }) => call("sops/tasks", request, signal),
    placeholderData: keepPreviousData,
  });
  const place = (no: number) => detail.steps.findIndex((step) => step.stepNo === no) + 1;
  const columns = [
    {
      title: t("sops.group"),
      key: "group",
      render: (_: unknown, task: Task) => (
        <Link to={`/groups/${encodeURIComponent(task.chatId)}`}>{task.groupName}</Link>
      ),
    },
    { title: t("sops.owner"), dataIndex: "ownerName", key: "owner", className: "one-line" },
    {
      title: t("sops.step"),
      key: "step",
      className: "one-line",
      render: (_: unknown, task: Task) => t("sops.stepNo", { no: place(task.stepNo) || task.stepNo }),
    },
    {
      title: t("sops.due"),
      key: "due",
      className: "one-line",
      render: (_: unknown, task: Task) => timeText(task.dueAtMs, zone),
    },
    ...taskColumns<Task>(t, setShown),
  ];
  return (
    <>
      <Space wrap style={{ marginBottom: 16 }}>
        <Select
          allowClear
          aria-label={t("sops.taskState")}
          placeholder={t("sops.taskState")}
          style={{ minWidth: 140 }}
          value={state}
          onChange={(value) => change({ state: value ?? "" })}
          options={TASK_STATES.map((value) => ({ value, label: t(`sops.taskStates.${value}`) }))}
        />
        <Select
          allowClear
          aria-label={t("sops.step")}
          placeholder={t("sops.step")}
          style={{ minWidth: 120 }}
          value={stepNo}
          onChange={(value) => change({ step: value == null ? "" : String(value) })}
          options={detail.steps.map((step, at) => ({
            value: step.stepNo ?? at + 1,
            label: t("sops.stepNo", { no: at + 1 }),
          }))}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("sops.owner")}
          placeholder={t("sops.allOwners")}
          style={{ minWidth: 160 }}
          value={filters.owner || null}
          onChange={(value) => change({ owner: value ?? "" })}
          options={progress?.owners.map((owner) => ({ value: owner.ownerId, label: owner.ownerName }))}
        />
      </Space>
      {tasks.isError ? (
        <ErrorNote error={tasks.error} again={() => void tasks.refetch()} />
      ) : (
        <ScrollTable<Task>
          rowKey="id"
          columns={columns}
          dataSource={tasks.data?.rows}
          loading={tasks.isFetching}
          locale={{ emptyText: <Empty description={t("sops.noTasks")} /> }}
          pagination={{ ...pages(tasks.data?.total), showTotal: (total) => t("total", { total }) }}
        />
      )}
      <TaskStory task={shown && { id: shown.id, title: shown.groupName }} onClose={() => setShown(undefined)} />
    </>
  );
}
