// What these pages call; crates/console-api/src/desk is the other end.
import { post } from "../http";

export interface Me {
  name: string;
  companyId: string;
  company: string;
  /** IANA name of its time zone. */
  zone: string;
  nowMs: number;
}

export type TaskState = "handed" | "sent" | "failed" | "expired" | "cancelled";

export interface Task {
  id: string;
  noticeId: string;
  /** Tasks of one list with the same message have the same number. */
  message: number;
  title: string;
  instruction: string;
  chatId: string;
  groupName: string;
  dueAtMs: number;
  state: TaskState;
  reason: string | null;
  finishedAtMs: number | null;
}

export interface File {
  id: string;
  name: string;
  nBytes: number;
}

export interface Card {
  title: string;
  url: string;
  summary: string;
  coverUrl: string;
  cover: File | null;
}

export type WithFile =
  | { kind: "image" | "video" | "file"; file: File }
  | { kind: "mini_program"; title: string; appId: string; page: string; cover: File };

/** One message of several that are sent one after another. */
export type Item =
  { kind: "text"; content: string } | { kind: "link"; card: Card } | { kind: "marketing"; card: Card } | WithFile;

export interface Content {
  task: Task;
  content: Item[];
}

export interface Proof {
  corpId: string;
  agentId: number;
  timestamp: number;
  nonceStr: string;
  signature: string;
  agentSignature: string;
}

export type Part = "open" | "done";
export type Outcome = { outcome: "sent" } | { outcome: "impossible"; reason: string };

/** Tasks in one list, at most; the newest. */
export const MAX_TASKS = 1000;

const call = <T>(path: string, request: unknown, signal?: AbortSignal) =>
  post(`/h5/api/${path}`, request, signal) as Promise<T>;

export const me = (signal?: AbortSignal) => call<Me>("me", {}, signal);
export const tasks = (part: Part, chatId: string | null, signal?: AbortSignal) =>
  call<{ rows: Task[] }>("tasks", { part, chatId }, signal);
export const content = (taskId: string, signal?: AbortSignal) => call<Content>("content", { taskId }, signal);
export const mark = (taskIds: string[], outcome: Outcome) =>
  call<{ nChanged: number }>("mark", { taskIds, ...outcome });
/** What WeCom's page functions take for a file: a media id, or the address of a cover. */
export const medium = (taskId: string, fileId: string) => call<{ medium: string }>("medium", { taskId, fileId });
export const proof = (url: string) => call<Proof>("proof", { url });
export const signOut = () => call<unknown>("sign-out", {});
/** The companies whose WeCom one may sign in with; their names where there is a choice. */
export const companies = (signal?: AbortSignal) =>
  post("/console/api/session/options", {}, signal) as Promise<{ wecom: { id: string; name: string | null }[] }>;

export const fileUrl = (taskId: string, file: File) => `/h5/file/${taskId}/${file.id}`;
