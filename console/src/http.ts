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

/** Whether to ask again: what was refused is refused again, a server that does not answer may yet. */
export function isWorthAnotherTry(count: number, error: Error): boolean {
  return count < 2 && error instanceof CallError && (error.status === 0 || error.status >= 502);
}

/** The reply to a call of the server. Throws a `CallError`, or what `signal` says when it is aborted. */
export async function post(path: string, request: unknown, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
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
  if (response.ok) return body;
  const refusal = (body as { error?: CallError } | null)?.error;
  throw new CallError(
    response.status,
    refusal?.code ?? "failed",
    refusal?.message ?? `the server answered ${response.status}`,
    refusal?.messageZh ?? `服务器返回 ${response.status}`,
    refusal?.field ?? null,
  );
}
