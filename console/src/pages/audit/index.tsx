import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Select, Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { SearchField } from "../../ui/search-field";
import { timeText } from "../../ui/time";
import { ACTS, type ActName } from "./acts";

type Act = Reply<"audit/list">["rows"][number];

export function Component() {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const { filters, paging, pages, change } = useListState(["login", "subject", "act"] as const);
  const act = ACTS.find((name) => name === filters.act) ?? null;
  const request = { paging, login: filters.login || null, subject: filters.subject || null, act };
  const acts = useQuery({
    queryKey: ["audit", request],
    queryFn: ({ signal }) => call("audit/list", request, signal),
    placeholderData: keepPreviousData,
  });
  if (acts.isError) return <ErrorNote error={acts.error} again={() => void acts.refetch()} />;
  const columns = [
    {
      title: t("audit.at"),
      key: "at",
      className: "one-line",
      render: (_: unknown, act: Act) => timeText(act.atMs, zone),
    },
    { title: t("audit.login"), dataIndex: "login", key: "login" },
    {
      title: t("audit.act"),
      key: "act",
      render: (_: unknown, act: Act) => t(`acts.${act.act}`),
    },
    { title: t("audit.subject"), dataIndex: "subject", key: "subject" },
    {
      title: t("audit.detail"),
      key: "detail",
      render: (_: unknown, act: Act) => (act.detail === "{}" ? "" : act.detail),
    },
    { title: t("audit.address"), dataIndex: "address", key: "address" },
  ];
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("nav.audit")}
      </Typography.Title>
      <Space wrap style={{ marginBottom: 16 }}>
        {(["login", "subject"] as const).map((name) => (
          <SearchField
            key={name}
            label={t(`audit.${name}`)}
            value={filters[name]}
            onSearch={(value) => change({ [name]: value })}
          />
        ))}
        <Select<ActName>
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          aria-label={t("audit.act")}
          placeholder={t("audit.act")}
          style={{ width: 200 }}
          value={act ?? undefined}
          options={ACTS.map((name) => ({ value: name, label: t(`acts.${name}`) }))}
          onChange={(name?: ActName) => change({ act: name ?? "" })}
        />
      </Space>
      <ScrollTable<Act>
        rowKey="id"
        columns={columns}
        dataSource={acts.data?.rows}
        loading={acts.isFetching}
        locale={{ emptyText: <Empty description={t("audit.none")} /> }}
        pagination={pages(acts.data?.total)}
      />
    </>
  );
}
