/** A moment in the company's zone: 2026-01-31 09:30. */
export function timeText(atMs: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  return parts.format(atMs);
}
