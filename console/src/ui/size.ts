const UNITS = ["B", "KB", "MB", "GB"];

/** A size for people: 1.4 MB. As WeCom counts, 1 MB is 1024 KB. */
export function sizeText(nBytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, nBytes)) / 10));
  const n = nBytes / 1024 ** power;
  return `${n < 10 && power > 0 ? n.toFixed(1) : Math.round(n)} ${UNITS[power]}`;
}
