import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Empty, Flex, Select, Tag, TreeSelect } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../../api/call";
import { useListState } from "../../ui/list-state";
import { departmentTree, useDepartments } from "../../ui/pick";
import { ErrorNote } from "../../ui/problem";
import { ScrollTable } from "../../ui/scroll-table";
import { SearchField } from "../../ui/search-field";
import { Title } from "../../ui/title";

type Person = Reply<"staff/list">["rows"][number];

/** Staff by department, as WeCom has them. */
export function Component() {
  const { t } = useTranslation();
  const { filters, paging, pages, change } = useListState(["name", "department", "left"] as const);
  const departments = useDepartments();
  const request = {
    paging,
    name: filters.name || null,
    departmentId: filters.department || null,
    hasLeft: filters.left === "all" ? null : filters.left === "yes",
  };
  const staff = useQuery({
    queryKey: ["staff", "page", request],
    queryFn: ({ signal }) => call("staff/list", request, signal),
    placeholderData: keepPreviousData,
  });
  const isFiltered = Boolean(filters.name || filters.department || filters.left);
  const columns = [
    {
      title: t("staff.name"),
      key: "name",
      render: (_: unknown, row: Person) => (
        <>
          {row.name} {row.hasLeft && <Tag color="red">{t("staff.hasLeft")}</Tag>}
        </>
      ),
    },
    { title: t("staff.userid"), dataIndex: "wecomUserId", key: "userid" },
    {
      title: t("staff.departments"),
      key: "departments",
      render: (_: unknown, row: Person) => row.departmentNames.join("、"),
    },
    { title: t("staff.position"), dataIndex: "position", key: "position" },
    {
      title: t("staff.groups"),
      key: "groups",
      className: "one-line",
      render: (_: unknown, row: Person) => (
        <Link to={`/groups?owner=${encodeURIComponent(row.id)}`} aria-label={t("staff.groupsOf", { name: row.name })}>
          {t("staff.see")}
        </Link>
      ),
    },
  ];
  return (
    <>
      <Title>{t("nav.staff")}</Title>
      <Flex wrap gap="small" style={{ marginBottom: 16 }} role="search">
        <SearchField label={t("staff.search")} width={220} value={filters.name} onSearch={(name) => change({ name })} />
        <TreeSelect
          allowClear
          treeDefaultExpandAll
          showSearch={{ treeNodeFilterProp: "title" }}
          aria-label={t("staff.department")}
          placeholder={t("staff.department")}
          style={{ width: 240 }}
          treeData={departmentTree(departments.data?.rows ?? [])}
          value={filters.department || undefined}
          onChange={(id: string | undefined) => change({ department: id ?? "" })}
        />
        <Select
          aria-label={t("staff.state")}
          style={{ width: 140 }}
          value={["yes", "all"].includes(filters.left) ? filters.left : "no"}
          onChange={(left) => change({ left: left === "no" ? "" : left })}
          options={["no", "yes", "all"].map((value) => ({ value, label: t(`staff.left.${value}`) }))}
        />
      </Flex>
      {staff.isError ? (
        <ErrorNote error={staff.error} again={() => void staff.refetch()} />
      ) : (
        <ScrollTable<Person>
          rowKey="id"
          columns={columns}
          dataSource={staff.data?.rows}
          loading={staff.isFetching}
          locale={{ emptyText: <Empty description={t(isFiltered ? "staff.noneFound" : "staff.none")} /> }}
          pagination={{ ...pages(staff.data?.total), showTotal: (total) => t("total", { total }) }}
        />
      )}
    </>
  );
}
