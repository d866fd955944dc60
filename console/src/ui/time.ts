import { useState } from "react";

/** A moment in the company's zone: 2026-01-31 09:30. */
export function timeText(atMs: number, zone: string): string {
  return format(atMs, zone, "short");
}

/** The same with seconds: 2026-01-31 09:30:00. */
export function secondText(atMs: number, zone: string): string {
  return format(atMs, zone, "medium");
}

function format(atMs: number, zone: string, timeStyle: "short" | "medium"): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle }).format(atMs);
}

/** The wall clock in the company's zone at a moment: 2026-01-31 09:30. */
export const wallClock = timeText;

/** The moment at which the wall clock of the zone shows this: `2026-01-31 09:30`. */
export function momentOf(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall.replace(" ", "T")}Z`);
  const offset = (at: number) =>
    Date.parse(`${timeText(at, zone).replace(" ", "T")}Z`) - Math.floor(at / 60_000) * 60_000;
  // The offset may be another one on the other side of a change of clocks.
  const guess = asUtc - offset(asUtc);
  return asUtc - offset(guess);
}

/** A minute of the day as a clock shows it: 570 is 09:30. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/** The day in the company's zone at a moment: 2026-01-31. */
export const dayOf = (atMs: number, zone: string) => timeText(atMs, zone).slice(0, 10);

/** 2026-01-31 → 2026-02-01 with 1. */
export function dayAfter(date: string, nDays: number): string {
  return new Date(Date.parse(date) + nDays * 86_400_000).toISOString().slice(0, 10);
}

/** The moments in which a day begins and ends (its last millisecond) in the zone. */
export function momentsOf(date: string, zone: string): { fromMs: number; toMs: number } {
  return { fromMs: momentOf(`${date} 00:00`, zone), toMs: momentOf(`${dayAfter(date, 1)} 00:00`, zone) - 1 };
}

/** The day in the company's zone when the page was opened. */
export function useToday(zone: string): string {
  const [openedAtMs] = useState(Date.now);
  return dayOf(openedAtMs, zone);
}
