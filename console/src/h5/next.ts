import { useTasks } from "./data";
import type { Place } from "./wecom";

/** Where to go when a task is done: to the next one with the same message, else to the list. */
export function useNext(taskId: string, place: Place | undefined): string {
  const open = useTasks("open", null).data ?? [];
  // In a group's tool bar one is in that group, and another group is elsewhere.
  if (place?.at === "group") return "/group";
  const done = open.find((task) => task.id === taskId);
  const next = open.find((task) => task.id !== taskId && task.message === done?.message);
  return next ? `/task/${next.id}` : "/";
}
