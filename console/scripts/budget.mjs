// What a browser loads before the first page can be used, compressed; fails above the limits.
import { readFileSync, statSync } from "node:fs";

const PAGES = [
  { what: "the console", entries: ["index.html", "src/pages/groups/index.tsx"], limitKb: 400 },
  { what: "the staff's own pages", entries: ["h5.html"], limitKb: 150 },
];
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function withImports(keys, seen = new Set()) {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    withImports(manifest[key].imports ?? [], seen);
  }
  return [...seen];
}

for (const { what, entries, limitKb } of PAGES) {
  const files = withImports(entries).flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);
  const bytes = [...new Set(files)].map((file) => statSync(new URL(`${file}.br`, dist)).size);
  const kb = bytes.reduce((sum, size) => sum + size, 0) / 1000;
  console.log(`initial load of ${what}: ${kb.toFixed(0)} kB compressed (at most ${limitKb})`);
  if (kb > limitKb) process.exitCode = 1;
}
