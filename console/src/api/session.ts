import { useQuery } from "@tanstack/react-query";
import { call, type Reply } from "./call";

export type Me = Reply<"session/me">;
export type Right = Me["rights"][number];

/** Who is signed in; the query fails with `not_signed_in` otherwise. */
export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: ({ signal }) => call("session/me", {}, signal), staleTime: 60_000 });
}

/** Whether somebody may do that in the company he works for. */
export function may(me: Me | undefined, right: Right): boolean {
  return me?.rights.includes(right) ?? false;
}

/** Where to go after signing in: a path of this console, nothing else. */
export function wantedPath(search: URLSearchParams): string {
  const wanted = search.get("to") ?? "/";
  const isOurs = wanted.startsWith("/") && !wanted.startsWith("//") && !wanted.includes("\\");
  return isOurs ? wanted : "/";
}
