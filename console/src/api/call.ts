// Calls of the console. Types come from the server's own document: see schema.d.ts, which is generated.
import { post } from "../http";
import type { paths } from "./schema";

export { CallError } from "../http";

export type CallPath = keyof paths extends `/console/api/${infer Path}` ? Path : never;
type Operation<P extends CallPath> = paths[`/console/api/${P}` & keyof paths]["post"];
export type Request<P extends CallPath> = Operation<P>["requestBody"]["content"]["application/json"];
export type Reply<P extends CallPath> = Operation<P>["responses"][200]["content"]["application/json"];

export async function call<P extends CallPath>(path: P, request: Request<P>, signal?: AbortSignal): Promise<Reply<P>> {
  return (await post(`/console/api/${path}`, request, signal)) as Reply<P>;
}
