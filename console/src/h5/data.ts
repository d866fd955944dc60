// What the pages ask the server, and WeCom.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as api from "./api";
import { keepCompany } from "./session";
import { place } from "./wecom";

export function useMe() {
  return useQuery({
    queryKey: ["me"],
    queryFn: async ({ signal }) => {
      const me = await api.me(signal);
      keepCompany(me.companyId);
      return me;
    },
  });
}

/** Tasks for one group, or for all (null). */
export function useTasks(part: api.Part, chatId: string | null, enabled = true) {
  return useQuery({
    queryKey: ["tasks", part, chatId],
    queryFn: async ({ signal }) => (await api.tasks(part, chatId, signal)).rows,
    enabled,
  });
}

const contentOf = (taskId: string) =>
  queryOptions({ queryKey: ["content", taskId], queryFn: ({ signal }) => api.content(taskId, signal) });

export function useContent(taskId: string) {
  return useQuery(contentOf(taskId));
}

/** A task was taken back, or ended otherwise, while its page was open. */
export class Ended extends Error {}

/** Looks whether a task still waits, and throws `Ended` when it does not; the page shows what it became. */
export function useStillOpen(taskId: string): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const { task } = await queries.fetchQuery({ ...contentOf(taskId), staleTime: 0 });
    if (task.state !== "handed") throw new Ended();
  };
}

/** Where the page is; asked again whenever one comes back to it, since another chat may be open by then. */
export function usePlace() {
  return useQuery({ queryKey: ["place"], queryFn: place, retry: false, staleTime: 0 });
}

export function useMark() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ taskIds, outcome }: { taskIds: string[]; outcome: api.Outcome }) => api.mark(taskIds, outcome),
    onSuccess: async (_, { taskIds }) => {
      for (const id of taskIds) localStorage.removeItem(sentItemsKey(id));
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["tasks"] }),
        ...taskIds.map((id) => queries.invalidateQueries({ queryKey: ["content", id] })),
      ]);
    },
  });
}

/** Where this device keeps which items of a task it sent. */
export const sentItemsKey = (taskId: string) => `siyu.h5.sent.${taskId}`;
