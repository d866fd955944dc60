import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Input, Select, Space, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { timeText } from "../../ui/time";

type Group = Reply<"groups/list">["rows"][number];

export function Component() {
  const { t } = useTranslation();
  const me = useMe();
  const zone = me.data?.company?.zone ?? "UTC";
  const { filters, paging, change } = useListState(["name", "tags", "match"] as const);
  const tagIds = filters.tags ? filters.tags.split(",") : [];
  const tagMatch = filters.match === "all" || filters.match === "none" ? filters.match : "any";
  const request = { paging, filter: { name: filters.name || null, tagIds, tagMatch } } as const;
  const groups = useQuery({
    queryKey: ["groups", request],
    queryFn: ({ signal }) => call("groups/list", request, signal),
    placeholderData: keepPreviousData,
  });
  const tags = useQuery({ queryKey: ["group-tags"], queryFn: ({ signal }) => call("group-tags/list", {}, signal) });
  const options = tags.data?.rows.map((group) => ({
    label: group.name,
    options: group.tags.map((tag) => ({ value: tag.id, label: tag.name })),
  }));
  const columns = [
    { title: t("groups.name"), dataIndex: "name", key: "name" },
    { title: t("groups.owner"), dataIndex: "ownerName", key: "owner", className: "one-line" },
    {
      title: t("groups.departments"),
      key: "departments",
      render: (_: unknown, row: Group) => row.departmentNames.join("、"),
    },
    {
      title: t("groups.tags"),
      key: "tags",
      render: (_: unknown, row: Group) => row.tagNames.map((name) => <Tag key={name}>{name}</Tag>),
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
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("nav.groups")}
      </Typography.Title>
      <Space wrap style={{ marginBottom: 16 }}>
        <Input.Search
          aria-label={t("groups.search")}
          placeholder={t("groups.search")}
          defaultValue={filters.name}
          key={filters.name}
          allowClear
          onSearch={(name) => change({ name })}
        />
        <Select
          aria-label={t("groups.match")}
          value={tagMatch}
          onChange={(match) => change({ match })}
          options={["any", "all", "none"].map((value) => ({ value, label: t(`groups.${value}`) }))}
        />
        <Select
          mode="multiple"
          aria-label={t("groups.tags")}
          placeholder={t("groups.tags")}
          style={{ minWidth: 220 }}
          value={tagIds}
          onChange={(ids: string[]) => change({ tags: ids.join(",") })}
          options={options}
          optionFilterProp="label"
        />
      </Space>
      {groups.isError ? (
        <ErrorNote error={groups.error} again={() => void groups.refetch()} />
      ) : (
        <ScrollTable<Group>
          rowKey="chatId"
          columns={columns}
          dataSource={groups.data?.rows}
          loading={groups.isFetching}
          locale={{ emptyText: <Empty description={t("groups.none_found")} /> }}
          pagination={{
            current: paging.pageNo,
            pageSize: paging.pageSize,
            total: groups.data?.total,
            showTotal: (total) => t("total", { total }),
            onChange: (page, size) => change({ page: String(page), size: String(size) }),
          }}
        />
      )}
    </>
  );
}
