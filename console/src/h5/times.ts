// Days and hours as people have them where the company is.
import type { Task } from "./api";
import type { Language } from "./texts";

/** "2026-11-24" */
export function dayOf(ms: number, zone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(ms);
}

/** The hour; before it the day, unless that is today. */
export function timeText(ms: number, nowMs: number, zone: string, language: Language): string {
  const isToday = dayOf(ms, zone) === dayOf(nowMs, zone);
  const day = isToday ? {} : ({ month: "numeric", day: "numeric" } as const);
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language, { timeZone: zone, ...day, ...time }).format(ms);
}

/** Open tasks of today, the earliest first, and those of the days before, the latest first. */
export function byDay(tasks: Task[], nowMs: number, zone: string): { today: Task[]; overdue: Task[] } {
  const day = dayOf(nowMs, zone);
  const isOfToday = (task: Task) => dayOf(task.dueAtMs, zone) >= day;
  const today = tasks.filter(isOfToday).sort((a, b) => a.dueAtMs - b.dueAtMs);
  return { today, overdue: tasks.filter((task) => !isOfToday(task)) };
}

/** At least one task. */
export type SameMessage = [Task, ...Task[]];

/** Tasks with the same message together, in the order in which the messages come first. */
export function byMessage(tasks: Task[]): SameMessage[] {
  const messages = new Map<number, SameMessage>();
  for (const task of tasks) {
    const same = messages.get(task.message);
    if (same) same.push(task);
    else messages.set(task.message, [task]);
  }
  return [...messages.values()];
}
