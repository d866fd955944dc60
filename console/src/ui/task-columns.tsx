import { Button } from "antd";
import { TaskStateTag } from "./sop-state";

interface Task {
  status: number;
  reason?: string | null;
}

/** What every list of tasks ends with: where it stands, why, and its story. */
export function taskColumns<Row extends Task>(t: (key: string) => string, onStory: (task: Row) => void) {
  return [
    {
      title: t("sops.taskState"),
      key: "state",
      render: (_: unknown, row: Row) => <TaskStateTag status={row.status} />,
    },
    { title: t("sops.reason"), dataIndex: "reason", key: "reason" },
    {
      title: t("actions"),
      key: "actions",
      render: (_: unknown, row: Row) => (
        <Button size="small" onClick={() => onStory(row)}>
          {t("sops.story")}
        </Button>
      ),
    },
  ];
}
