import type { UseQueryResult } from "@tanstack/react-query";
import { Card, Skeleton, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Reply } from "../../api/call";
import { CountsBar } from "../../ui/counts-bar";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { TASK_STATES, type TaskState } from "../../ui/sop-state";

export type Progress = Reply<"sops/progress">;
type Owner = Progress["owners"][number];
type Step = Progress["steps"][number];

export function ProgressTab({ id, progress }: { id: string; progress: UseQueryResult<Progress> }) {
  const { t } = useTranslation();
  if (progress.isError) return <ErrorNote error={progress.error} again={() => void progress.refetch()} />;
  if (!progress.data) return <Skeleton active />;
  const { total, steps, owners } = progress.data;
  const tasks = (query: Record<string, string | number>) =>
    `/sops/${id}?${new URLSearchParams({ tab: "tasks", ...Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])) })}`;
  const link = (query: Record<string, string | number>) => (state: TaskState, text: string) => (
    <Link to={tasks({ ...query, state })}>{text}</Link>
  );
  const numbers = <Row extends Step | Owner>(query: (row: Row) => Record<string, string | number>) =>
    TASK_STATES.map((state) => ({
      title: t(`sops.taskStates.${state}`),
      key: state,
      align: "right" as const,
      render: (_: unknown, row: Row) =>
        row.counts[state] > 0 ? <Link to={tasks({ ...query(row), state })}>{row.counts[state]}</Link> : 0,
    }));
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card>
        <CountsBar counts={total} link={link({})} />
      </Card>
      <Card title={t("sops.byStep")}>
        <ScrollTable<Step>
          size="small"
          rowKey="stepNo"
          pagination={false}
          dataSource={steps}
          columns={[
            {
              title: t("sops.step"),
              key: "step",
              className: "one-line",
              render: (_: unknown, _step: Step, place: number) => t("sops.stepNo", { no: place + 1 }),
            },
            ...numbers<Step>((step) => ({ step: step.stepNo })),
          ]}
        />
      </Card>
      <Card title={t("sops.byOwner")}>
        <ScrollTable<Owner>
          size="small"
          rowKey="ownerId"
          pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
          dataSource={owners}
          columns={[
            { title: t("sops.owner"), dataIndex: "ownerName", key: "owner", className: "one-line" },
            ...numbers<Owner>((owner) => ({ owner: owner.ownerId })),
          ]}
        />
      </Card>
    </Space>
  );
}
