import { useSearchParams } from "react-router";

/** Filters and page of a list, kept in the address: every list can be linked to, and "back" goes back. */
export function useListState<Keys extends string>(keys: readonly Keys[]) {
  const [params, setParams] = useSearchParams();
  const number = (name: string, usual: number) => {
    const value = Number(params.get(name));
    return Number.isInteger(value) && value > 0 ? value : usual;
  };
  const filters = Object.fromEntries(keys.map((key) => [key, params.get(key) ?? ""])) as Record<Keys, string>;
  const paging = { pageNo: number("page", 1), pageSize: number("size", 20) };

  type Changes = Partial<Record<Keys | "page" | "size", string>>;
  const change = (changes: Changes) => {
    setParams((before) => {
      const after = new URLSearchParams(before);
      // With other filters the page is another one.
      if (!("page" in changes)) after.delete("page");
      for (const [key, value] of Object.entries(changes)) {
        if (value) after.set(key, String(value));
        else after.delete(key);
      }
      return after;
    });
  };
  /** The pages below the list, for its table. */
  const pages = (total: number | undefined) => ({
    current: paging.pageNo,
    pageSize: paging.pageSize,
    total,
    onChange: (page: number, size: number) => change({ page: String(page), size: String(size) } as Changes),
  });
  return { filters, paging, pages, change };
}
