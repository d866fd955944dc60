const SECOND_MS = 1_000;
const UNITS = [
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
] as const;

/** How long ago: 5 分钟前. The clocks of server and browser may differ, so what seems to come is now. */
export function agoText(atMs: number, nowMs: number, language: string): string {
  const agoMs = Math.max(0, nowMs - atMs);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const found = UNITS.find(({ ms }) => agoMs >= ms);
  return found ? format.format(-Math.floor(agoMs / found.ms), found.unit) : format.format(0, "second");
}

/** How long, in its largest unit: 3 分钟. */
export function spanText(spanMs: number, language: string): string {
  const found = UNITS.find(({ ms }) => spanMs >= ms) ?? { unit: "second", ms: SECOND_MS };
  const n = Math.ceil(spanMs / found.ms);
  return new Intl.NumberFormat(language, { style: "unit", unit: found.unit, unitDisplay: "long" }).format(n);
}
