// Pictures of every page, wide and on a phone, in a folder (the first argument); those that the README shows are kept
// in docs/images.
import { copyFileSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { ADMIN, signedIn, start } from "../e2e/world.mjs";

const folder = resolve(process.argv[2] ?? "../target/screenshots");
const images = new URL("../../docs/images/", import.meta.url).pathname;
const IN_README = ["overview", "sop", "sop-edit", "docs"];
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const world = await start(["--groups", "600", "--staff", "100"]);
try {
  mkdirSync(folder, { recursive: true });
  mkdirSync(images, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    const { page, go } = await signedIn(world, ADMIN, viewport);
    const first = async (list, text = "") => {
      await go(list);
      const href = await page.locator("tr.ant-table-row a", { hasText: text }).first().getAttribute("href");
      return href.replace("/console", "");
    };
    const [group, sop] = [await first("/groups"), await first("/sops", "新品到店")];
    const pages = {
      ...Object.fromEntries(
        "overview sops calendar groups group-tags staff materials apps wecom sync users audit account"
          .split(" ")
          .map((name) => [name, `/${name}`]),
      ),
      "sop-new": "/sops/new",
      sop,
      "sop-content": `${sop}?tab=content`,
      "sop-tasks": `${sop}?tab=tasks`,
      "sop-edit": `${sop}/edit`,
      group,
      "group-tasks": `${group}?tab=tasks`,
      "group-calendar": `${group}?tab=calendar`,
      docs: "/../docs",
    };
    for (const [name, path] of Object.entries(pages)) {
      await go(path);
      await page.waitForSelector("h1");
      await page.waitForLoadState("networkidle");
      // Until the chart has grown.
      await page.waitForTimeout(1_000);
      const file = `${folder}/${name}-${size}.png`;
      await page.screenshot({ path: file, fullPage: !IN_README.includes(name) || size === "phone" });
      if (size === "wide" && IN_README.includes(name)) copyFileSync(file, `${images}${name}.png`);
    }
  }
  console.log(`pictures of every page: ${folder}`);
} finally {
  await world.stop();
}
