// What takes a while or is no JSON: work on all results with its progress, files up and down.
import { CallError, type Request } from "./call";

/** How far the work is; `total` is null while it is not known. */
export type Progress = { done: number; total: number | null };

export type GroupFilter = NonNullable<Request<"groups/list">["filter"]>;
export type StreamRequests = {
  "tag-all": { filter: GroupFilter; addIds: string[]; removeIds: string[] };
  "export/groups": { filter: GroupFilter; language: "zh" | "en" };
  "export/sop-tasks": { id: string; language: "zh" | "en" };
};
export type StreamReplies = {
  "tag-all": { nAdded: number; nRemoved: number };
  /** The file is to be had at `exportUrl(token)` for an hour. */
  "export/groups": { token: string; nRows: number };
  "export/sop-tasks": { token: string; nRows: number };
};

type Line<P extends keyof StreamReplies> =
  ({ kind: "progress" } & Progress) | ({ kind: "done" } & StreamReplies[P]) | { kind: "failed"; error: CallError };

const HEADERS = { "X-Siyu-Console": "1" };

/** Starts work of the server and follows it; leaving (`signal`) does not undo what is done. */
export async function follow<P extends keyof StreamReplies>(
  path: P,
  request: StreamRequests[P],
  watch: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<StreamReplies[P]> {
  const response = await send(`/console/stream/${path}`, {
    headers: { ...HEADERS, "content-type": "application/json" },
    body: JSON.stringify(request),
    signal,
  });
  for await (const text of lines(response)) {
    const line = JSON.parse(text) as Line<P>;
    if (line.kind === "done") return line;
    if (line.kind === "failed") throw refused(500, line.error);
    watch(line);
  }
  throw new CallError(0, "cut_off", "the server stopped in the middle", "服务器中途断开，请重试", null);
}

/** Puts a file into the library, 20 MiB at most. */
export async function upload(file: File, signal?: AbortSignal): Promise<{ id: string; name: string }> {
  const path = `/console/upload?name=${encodeURIComponent(file.name)}`;
  const response = await send(path, { headers: HEADERS, body: file, signal });
  return (await response.json()) as { id: string; name: string };
}

/** Where a file of the library is to be seen. */
export const fileUrl = (id: string) => `/console/file/${encodeURIComponent(id)}`;

/** Where an export is to be had. */
export const exportUrl = (token: string) => `/console/export/${encodeURIComponent(token)}`;

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { method: "POST", credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new CallError(0, "unreachable", "the server does not answer", "服务器没有响应", null);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as { error?: CallError } | null;
  throw refused(response.status, body?.error);
}

function refused(status: number, error?: CallError): CallError {
  return new CallError(
    status,
    error?.code ?? "failed",
    error?.message ?? `the server answered ${status}`,
    error?.messageZh ?? `服务器返回 ${status}`,
    error?.field ?? null,
  );
}

async function* lines(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop() ?? "";
    yield* parts.filter((part) => part !== "");
  }
}
