import type { GroupFilter } from "../../api/stream";
import { useListState } from "../../ui/list-state";
import { momentsOf } from "../../ui/time";

const KEYS = ["name", "owner", "tags", "match", "from", "to"] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The filter of the list as the address tells it, and as the server understands it. */
export function useGroupFilter(zone: string) {
  const { filters, paging, pages, change } = useListState(KEYS);
  const tagIds = filters.tags ? filters.tags.split(",") : [];
  const tagMatch = filters.match === "all" || filters.match === "none" ? filters.match : "any";
  const filter: GroupFilter = {
    name: filters.name || null,
    ownerId: filters.owner || null,
    tagIds,
    tagMatch,
    fromMs: DAY.test(filters.from) ? momentsOf(filters.from, zone).fromMs : null,
    toMs: DAY.test(filters.to) ? momentsOf(filters.to, zone).toMs : null,
  };
  const isFiltered = KEYS.some((key) => key !== "match" && filters[key] !== "");
  const clear = () => change({ name: "", owner: "", tags: "", match: "", from: "", to: "" });
  return { filters, filter, tagIds, tagMatch, paging, pages, change, isFiltered, clear };
}
