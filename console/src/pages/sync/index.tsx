import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Descriptions, Empty, Flex, Progress, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { spanText } from "../../ui/ago";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { secondText } from "../../ui/time";
import { Title } from "../../ui/title";
import { RunParts, usePartName } from "./parts";

export type Run = Reply<"sync/status">["runs"][number];

/** The synchronisation with WeCom: what runs, and what became of the last runs. */
export function Component() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const status = useQuery({
    queryKey: ["sync"],
    queryFn: ({ signal }) => call("sync/status", {}, signal),
    refetchInterval: ({ state }) => (state.data?.isUnderWay ? 2_000 : 15_000),
  });
  const start = useMutation({
    mutationFn: () => call("sync/start", {}),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sync"] }),
    onSuccess: () => void message.success(t("sync.begun")),
    onError: (error) => void message.error(errorText(error)),
  });
  if (status.isError) return <ErrorNote error={status.error} again={() => void status.refetch()} />;
  if (!status.data) return <Skeleton active />;
  const { isUnderWay, runs } = status.data;
  const current = isUnderWay ? runs.find((run) => run.finishedAtMs === null) : undefined;
  return (
    <>
      <Title
        actions={
          <Button type="primary" disabled={isUnderWay} loading={start.isPending} onClick={() => start.mutate()}>
            {isUnderWay ? t("sync.underWay") : t("sync.start")}
          </Button>
        }
      >
        {t("nav.sync")}
      </Title>
      <Alert style={{ marginBottom: 16 }} title={t("sync.note")} />
      {current && <Current run={current} />}
      <Runs runs={runs} isUnderWay={isUnderWay} />
    </>
  );
}

function Current({ run }: { run: Run }) {
  const { t, i18n } = useTranslation();
  const partName = usePartName();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const left = run.msLeft === null ? t("sync.unknown") : spanText(run.msLeft, i18n.language);
  const facts = [
    { key: "part", label: t("sync.part"), children: partName(run.part) },
    { key: "rate", label: t("sync.rate"), children: t("sync.perMinute", { n: run.ratePerMin }) },
    { key: "left", label: t("sync.left"), children: left },
    { key: "began", label: t("sync.began"), children: secondText(run.startedAtMs, zone) },
  ];
  return (
    <Card title={<h2 className="panel-title">{t("sync.now")}</h2>} style={{ marginBottom: 16 }}>
      <Flex vertical gap="middle">
        <Progress
          percent={run.nTotal > 0 ? Math.floor((run.nDone / run.nTotal) * 100) : 0}
          status="active"
          aria-label={t("sync.now")}
        />
        <div>{t("sync.doneOf", { done: run.nDone, total: run.nTotal || "?" })}</div>
        <Descriptions size="small" column={{ xs: 1, sm: 2 }} items={facts} />
      </Flex>
    </Card>
  );
}

function Runs({ runs, isUnderWay }: { runs: Run[]; isUnderWay: boolean }) {
  const { t, i18n } = useTranslation();
  const partName = usePartName();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const outcome = (run: Run, no: number) => {
    if (run.hasFailed) return <Tag color="red">{t("sync.failed")}</Tag>;
    if (run.finishedAtMs !== null) return <Tag color="green">{t("sync.finished")}</Tag>;
    return isUnderWay && no === 0 ? (
      <Tag color="processing">{t("sync.underWay")}</Tag>
    ) : (
      <Tag color="orange">{t("sync.cutOff")}</Tag>
    );
  };
  const columns = [
    {
      title: t("sync.began"),
      key: "began",
      className: "one-line",
      render: (_: unknown, run: Run) => secondText(run.startedAtMs, zone),
    },
    { title: t("sync.outcome"), key: "outcome", render: (_: unknown, run: Run, no: number) => outcome(run, no) },
    {
      title: t("sync.took"),
      key: "took",
      className: "one-line",
      render: (_: unknown, run: Run) =>
        run.finishedAtMs === null ? "—" : spanText(run.finishedAtMs - run.startedAtMs, i18n.language),
    },
    {
      title: t("sync.read"),
      key: "read",
      render: (_: unknown, run: Run) =>
        run.parts.map((part) => `${partName(part.name)} ${part.nRead}`).join("，") || "—",
    },
    {
      title: t("sync.problems"),
      key: "problems",
      render: (_: unknown, run: Run) => run.parts.reduce((sum, part) => sum + part.nProblems, 0),
    },
  ];
  return (
    <Card title={<h2 className="panel-title">{t("sync.runs")}</h2>}>
      <ScrollTable<Run>
        size="small"
        rowKey="startedAtMs"
        columns={columns}
        dataSource={runs}
        pagination={false}
        locale={{ emptyText: <Empty description={t("sync.none")} /> }}
        expandable={{
          expandedRowRender: (run) => <RunParts run={run} />,
          rowExpandable: (run) => run.parts.length > 0 || run.error !== null,
        }}
      />
    </Card>
  );
}
