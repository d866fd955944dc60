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
