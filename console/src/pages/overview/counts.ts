import type { Reply } from "../../api/call";

export type Overview = Reply<"overview/show">;
export type Day = Overview["days"][number];
export type Counts = Day["counts"];
export type State = keyof Counts;

/** In the order in which a task comes to them. */
export const STATES = ["planned", "handed", "sent", "failed", "expired", "cancelled"] as const satisfies State[];

/** Told apart without seeing red and green: they differ in lightness too. */
export const COLORS: Record<State, string> = {
  planned: "#bfbfbf",
  handed: "#1677ff",
  sent: "#52a62a",
  failed: "#a8071a",
  expired: "#fa8c16",
  cancelled: "#e3e3e3",
};

export function sum(days: Day[]): Counts {
  const counts: Counts = { planned: 0, handed: 0, sent: 0, failed: 0, expired: 0, cancelled: 0 };
  for (const day of days) for (const state of STATES) counts[state] += day.counts[state];
  return counts;
}

export const total = (counts: Counts) => STATES.reduce((sum, state) => sum + counts[state], 0);

/** 1月31日 周六. A date alone is the same in every zone. */
export function dayText(date: string, language: string): string {
  const parts = { timeZone: "UTC", month: "long", day: "numeric", weekday: "short" } as const;
  return new Intl.DateTimeFormat(language, parts).format(Date.parse(date));
}

/** 09:30 where the company is. */
export function clockText(atMs: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, timeStyle: "short" }).format(atMs);
}

/** The tasks of an SOP that are in a state. */
export const tasksPath = (sopId: string, state?: State) =>
  `/sops/${sopId}` + (state ? `?tab=tasks&state=${state}` : "");
