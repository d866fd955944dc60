// Puts a .br and a .gz beside every text file of dist/assets, so that the server need not compress.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = new URL("../dist/assets/", import.meta.url);
for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
  const content = readFileSync(new URL(name, folder));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(content, { params }));
  writeFileSync(new URL(`${name}.gz`, folder), gzipSync(content, { level: 9 }));
}
