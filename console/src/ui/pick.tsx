import { useQuery } from "@tanstack/react-query";
import { Select, TreeSelect, type SelectProps, type TreeSelectProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../api/call";

/** One or several members of staff, found by name; `known` names those who are chosen already. */
export function PickStaff({ known = [], ...props }: SelectProps & { known?: { value: string; label: string }[] }) {
  const [part, setPart] = useState("");
  const staff = useQuery({
    queryKey: ["staff", part],
    queryFn: ({ signal }) => call("staff/list", { name: part || null, hasLeft: false }, signal),
  });
  const found = staff.data?.rows.map((row) => ({ value: row.id, label: `${row.name} (${row.wecomUserId})` })) ?? [];
  // Who is chosen may be on another page of the list, or have left.
  const others = known.filter(({ value }) => !found.some((option) => option.value === value));
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setPart }}
      loading={staff.isFetching}
      {...props}
      options={[...found, ...others]}
    />
  );
}

export function useGroupTags() {
  return useQuery({ queryKey: ["group-tags"], queryFn: ({ signal }) => call("group-tags/list", {}, signal) });
}

/** How many groups carry each tag, by its id. */
export function useTagCounts() {
  const counts = useQuery({
    queryKey: ["group-tags", "counts"],
    queryFn: ({ signal }) => call("group-tags/counts", {}, signal),
  });
  return counts.data && new Map(counts.data.rows.map((row) => [row.id, row.nGroups]));
}

/** Tags of customer groups. */
export function PickTags(props: SelectProps) {
  const { t } = useTranslation();
  const tags = useGroupTags();
  const options = tags.data?.rows.map((group) => ({
    label: group.name,
    options: group.tags.map((tag) => ({ value: tag.id, label: tag.name })),
  }));
  return (
    <Select
      mode="multiple"
      placeholder={t("groups.tags")}
      showSearch={{ optionFilterProp: "label" }}
      loading={tags.isFetching}
      {...props}
      options={options}
    />
  );
}

type Department = Reply<"departments/list">["rows"][number];
type Branch = { value: string; title: string; children: Branch[] };

/** Departments under one another as they are in WeCom. */
export function departmentTree(rows: Department[]): Branch[] {
  const branches = new Map(rows.map((row) => [row.id, { value: row.id, title: row.name, children: [] } as Branch]));
  const top: Branch[] = [];
  for (const row of rows) {
    const branch = branches.get(row.id);
    if (branch) (branches.get(row.parentId)?.children ?? top).push(branch);
  }
  return top;
}

export function useDepartments() {
  return useQuery({ queryKey: ["departments"], queryFn: ({ signal }) => call("departments/list", {}, signal) });
}

/** Departments, each with all below it. */
export function PickDepartments(props: TreeSelectProps<string[]>) {
  const departments = useDepartments();
  return (
    <TreeSelect
      multiple
      allowClear
      showSearch={{ treeNodeFilterProp: "title" }}
      treeData={departmentTree(departments.data?.rows ?? [])}
      {...props}
    />
  );
}
