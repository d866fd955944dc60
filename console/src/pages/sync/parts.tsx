import { Alert, Table } from "antd";
import { useTranslation } from "react-i18next";
import type { Run } from ".";

type Part = Run["parts"][number];

/** What a part of a run is called: the server's `customer tags` is the text `sync.parts.customer_tags`. */
export function usePartName() {
  const { t } = useTranslation();
  return (name: string) => t(`sync.parts.${name.replaceAll(/[ -]/g, "_")}`, { defaultValue: name });
}

/** A run part by part, with what could not be read. */
export function RunParts({ run }: { run: Run }) {
  const { t } = useTranslation();
  const partName = usePartName();
  const columns = [
    { title: t("sync.part"), key: "part", render: (_: unknown, part: Part) => partName(part.name) },
    { title: t("sync.nRead"), dataIndex: "nRead", key: "read" },
    { title: t("sync.nWritten"), dataIndex: "nWritten", key: "written" },
    {
      title: t("sync.problems"),
      key: "problems",
      render: (_: unknown, part: Part) => (
        <>
          {part.nProblems}
          {part.problems.length > 0 && (
            <ul>
              {part.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
        </>
      ),
    },
  ];
  return (
    <>
      {run.error !== null && (
        <Alert type="error" showIcon title={t("sync.why")} description={run.error} style={{ marginBottom: 8 }} />
      )}
      <Table<Part> size="small" rowKey="name" columns={columns} dataSource={run.parts} pagination={false} />
    </>
  );
}
