import { useState } from "react";
import { sentItemsKey } from "./data";

function kept(taskId: string): number[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(sentItemsKey(taskId)) ?? "[]");
    return Array.isArray(found) ? found.filter((at) => typeof at === "number") : [];
  } catch {
    return [];
  }
}

/**
 * Which items of a task went into the group from here: kept on this device, so that whoever is called away finds what
 * is left.
 */
export function useSentItems(taskId: string) {
  const [sent, setSent] = useState(() => kept(taskId));
  return {
    sent,
    /** Notes one more; how many there are then. */
    add: (at: number): number => {
      // What is kept counts: two taps may come before the page shows the first.
      const all = [...new Set([...kept(taskId), at])];
      localStorage.setItem(sentItemsKey(taskId), JSON.stringify(all));
      setSent(all);
      return all.length;
    },
  };
}
