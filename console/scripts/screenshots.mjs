// Pictures of every page, wide and on a phone, in a folder (the first argument); those that the README shows are kept
// in docs/images.
import { copyFileSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { goAs, phone, wecomApp } from "../e2e/wecom-app.mjs";
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
  await staffsPages();
  console.log(`pictures of every page: ${folder}`);
} finally {
  await world.stop();
}

/** The staff's own pages, in the tool bar of a group and elsewhere. */
async function staffsPages() {
  const elsewhere = await phone(world, wecomApp({ entry: "normal" }));
  const take = async (page, name, isKept) => {
    await page.waitForLoadState("networkidle");
    const file = `${folder}/${name}.png`;
    await page.screenshot({ path: file, fullPage: !isKept });
    if (isKept) copyFileSync(file, `${images}${name}.png`);
  };
  const { page } = elsewhere;
  await goAs(world, page, world.seller, "/h5/");
  await page.waitForSelector(".card");
  await take(page, "h5", true);
  const found = page.waitForResponse((reply) => reply.url().endsWith("/h5/api/content"));
  await page.locator(".card li a").first().click();
  const { task } = await (await found).json();
  await page.waitForSelector(".to-group");
  await take(page, "h5-task");
  await page.click("text=无法发送");
  await page.waitForSelector("dialog");
  await take(page, "h5-impossible");
  await page.goto(`${world.base}/h5/sign-in?problem=used`);
  await page.waitForSelector(".problem");
  await take(page, "h5-sign-in");

  const beside = await phone(world, wecomApp({ entry: "group_chat_tools", chatId: task.chatId }));
  await goAs(world, beside.page, world.seller, "/h5/group");
  await beside.page.waitForSelector(".card");
  await take(beside.page, "h5-group");
  await beside.page.locator(".card li a").first().click();
  await beside.page.locator(".item button").first().click();
  await beside.page.waitForSelector("text=✓ 已发送");
  await beside.page.waitForSelector(".told:empty", { state: "attached" });
  await take(beside.page, "side-bar", true);
}
