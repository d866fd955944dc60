// What a browser loads before the first page can be used, compressed; fails above the limit.
import { readFileSync, statSync } from "node:fs";

const LIMIT_KB = 400;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const seen = new Set();
function take(key) {
  if (seen.has(key)) return;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) take(next);
}
take("index.html");
take("src/pages/groups/index.tsx");

const files = [...seen].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);
const bytes = [...new Set(files)].map((file) => statSync(new URL(`${file}.br`, dist)).size);
const kb = bytes.reduce((sum, size) => sum + size, 0) / 1000;
console.log(`initial load of the console: ${kb.toFixed(0)} kB compressed (at most ${LIMIT_KB})`);
if (kb > LIMIT_KB) process.exit(1);
