import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Empty, Space, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { SearchField } from "../../ui/search-field";
import { secondText } from "../../ui/time";

type Call = Reply<"apps/calls">["rows"][number];

/** The calls of one app: what came of each, and why one was refused. */
export function Component() {
  const { t } = useTranslation();
  const { appId = "" } = useParams();
  const navigate = useNavigate();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const { filters, paging, pages, change } = useListState(["path", "refused"] as const);
  const onlyRefused = filters.refused === "1";
  const request = { paging, appId, onlyRefused, path: filters.path || null };
  const calls = useQuery({
    queryKey: ["app-calls", request],
    queryFn: ({ signal }) => call("apps/calls", request, signal),
    placeholderData: keepPreviousData,
  });
  if (calls.isError) return <ErrorNote error={calls.error} again={() => void calls.refetch()} />;
  const columns = [
    {
      title: t("calls.at"),
      key: "at",
      className: "one-line",
      render: (_: unknown, row: Call) => secondText(row.atMs, zone),
    },
    { title: t("calls.path"), dataIndex: "path", key: "path" },
    { title: t("calls.code"), dataIndex: "code", key: "code" },
    { title: t("calls.outcome"), key: "outcome", render: (_: unknown, row: Call) => <Outcome row={row} /> },
    { title: t("calls.ms"), dataIndex: "durationMs", key: "ms" },
    { title: t("calls.address"), dataIndex: "address", key: "address" },
  ];
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("calls.title", { appId })}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t("calls.note")}</Typography.Paragraph>
      <Space wrap style={{ marginBottom: 16 }}>
        <Button onClick={() => void navigate("/apps")}>{t("calls.back")}</Button>
        <SearchField label={t("calls.path")} value={filters.path} onSearch={(path) => change({ path })} />
        <Checkbox checked={onlyRefused} onChange={(event) => change({ refused: event.target.checked ? "1" : "" })}>
          {t("calls.onlyRefused")}
        </Checkbox>
        <Button onClick={() => void calls.refetch()}>{t("calls.refresh")}</Button>
      </Space>
      <ScrollTable<Call>
        rowKey="id"
        columns={columns}
        dataSource={calls.data?.rows}
        loading={calls.isFetching}
        locale={{ emptyText: <Empty description={t("calls.none")} /> }}
        pagination={pages(calls.data?.total)}
      />
    </>
  );
}

function Outcome({ row }: { row: Call }) {
  const { t } = useTranslation();
  if (row.code === 0) return <Tag color="green">{t("calls.done")}</Tag>;
  return (
    <>
      {/* The usual status of a refusal tells nothing. */}
      {row.httpStatus !== 200 && <Tag>HTTP {row.httpStatus}</Tag>}
      {row.reason}
    </>
  );
}
