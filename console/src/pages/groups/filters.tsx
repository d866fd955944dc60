import { Button, Flex, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { PickStaff, PickTags } from "../../ui/pick";
import { SearchField } from "../../ui/search-field";
import type { useGroupFilter } from "./filter";

interface Props {
  state: ReturnType<typeof useGroupFilter>;
  /** Whose groups are shown, when it is one owner's. */
  ownerName: string | undefined;
}

/** All that groups can be looked for by. */
export function Filters({ state, ownerName }: Props) {
  const { t } = useTranslation();
  const { filters, tagIds, tagMatch, change } = state;
  const known = filters.owner ? [{ value: filters.owner, label: ownerName ?? filters.owner }] : [];
  const day = (key: "from" | "to", label: string) => (
    <Input
      key={`${key}${filters[key]}`}
      type="date"
      aria-label={label}
      title={label}
      style={{ width: 148 }}
      defaultValue={filters[key]}
      max={key === "from" ? filters.to || undefined : undefined}
      min={key === "to" ? filters.from || undefined : undefined}
      onBlur={({ target }) => target.value !== filters[key] && change({ [key]: target.value })}
      onPressEnter={({ currentTarget }) => change({ [key]: currentTarget.value })}
    />
  );
  return (
    <Flex wrap gap="small" style={{ marginBottom: 16 }} role="search">
      <SearchField label={t("groups.search")} width={220} value={filters.name} onSearch={(name) => change({ name })} />
      <PickStaff
        aria-label={t("groups.owner")}
        placeholder={t("groups.owner")}
        style={{ width: 180 }}
        known={known}
        value={filters.owner || null}
        onChange={(owner: string | undefined) => change({ owner: owner ?? "" })}
      />
      <Flex gap={4}>
        <Select
          aria-label={t("groups.match")}
          value={tagMatch}
          onChange={(match) => change({ match })}
          options={["any", "all", "none"].map((value) => ({ value, label: t(`groups.${value}`) }))}
        />
        <PickTags
          aria-label={t("groups.tags")}
          style={{ width: 220 }}
          value={tagIds}
          onChange={(ids: string[]) => change({ tags: ids.join(",") })}
        />
      </Flex>
      <Flex gap={4} align="center">
        {day("from", t("groups.from"))}
        <span aria-hidden="true">–</span>
        {day("to", t("groups.to"))}
      </Flex>
      {state.isFiltered && <Button onClick={state.clear}>{t("groups.clear")}</Button>}
    </Flex>
  );
}
