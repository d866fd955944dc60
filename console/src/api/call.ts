// Calls of the server. Types come from the server's own document: see schema.d.ts, which is generated.
import type { paths } from "./schema";

const BASE = "/console/api/";

export type CallPath = keyof paths extends `/console/api/${infer Path}` ? Path : never;
type Operation<P extends CallPath> = paths[`/console/api/${P}` & keyof paths]["post"];
export type Request<P extends CallPath> = Operation<P>["requestBody"]["content"]["application/json"];
export type Reply<P extends CallPath> = Operation<P>["responses"][200]["content"]["application/json"];

/** A refusal of the server, or no answer at all (status 0). */
export class CallError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly messageZh: string,
    readonly field: string | null,
  ) {
    super(message);
  }

  text(language: string): string {
    return language.startsWith("zh") ? this.messageZh : this.message;
  }
}

export async function call<P extends CallPath>(path: P, request: Request<P>, signal?: AbortSignal): Promise<Reply<P>> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "X-Siyu-Console": "1" },
      body: JSON.stringify(request),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError(0, "unreachable", "the server does not answer", "服务器没有响应", null);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as Reply<P>;
  const refusal = (body as { error?: CallError } | null)?.error;
  throw new CallError(
    response.status,
    refusal?.code ?? "failed",
    refusal?.message ?? `the server answered ${response.status}`,
    refusal?.messageZh ?? `服务器返回 ${response.status}`,
    refusal?.field ?? null,
  );
}
