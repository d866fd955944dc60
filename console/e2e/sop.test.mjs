// From groups to a message that arrived: tags on all results, an SOP made in the editor, its owner played.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signedIn, start, visitor } from "./world.mjs";

const ZONE = "Asia/Shanghai";

let world;
before(async () => {
  world = await start();
});
after(async () => {
  await world?.stop();
});

/** What a list says it has in all. */
async function total(page) {
  const text = await page.locator(".ant-pagination-total-text").innerText();
  return Number(/\d+/.exec(text)[0]);
}

test("a new tag is put on all results, on other pages too, and filters find them", async () => {
  const { page, go, complaints } = await signedIn(world);
  await go("/group-tags");
  await page.click("text=新建标签");
  await page.fill("#groupName", "活动");
  await page.fill("#names", "双十二");
  await page.click(".ant-modal .ant-btn-primary");
  await page.waitForSelector(".tag-row >> text=双十二");

  await go("/groups?name=%E7%BE%A4");
  await page.waitForSelector("tr.ant-table-row");
  const nFound = await total(page);
  assert.ok(nFound > 20, "more than a page");
  await page.click(`button:has-text("给全部 ${nFound} 个群打标签")`);
  await page.click("#addTags");
  await page.click('.ant-select-item-option:has-text("双十二")');
  await page.click(".ant-modal-title");
  await page.click(`.ant-modal button:has-text("应用到 ${nFound} 个群")`);
  await page.waitForSelector(`text=完成：添加了 ${nFound} 次标签`);

  await go("/group-tags");
  await page.locator(".tag-row", { hasText: "双十二" }).locator(`text=${nFound} 个群`).click();
  await page.waitForURL(/tags=/);
  await page.waitForSelector("tr.ant-table-row");
  assert.equal(await total(page), nFound);
  assert.deepEqual(complaints, []);
});

test("an SOP is made, checked and started; its owner sends; the console shows it, and it ends", async () => {
  const { page, go, complaints } = await signedIn(world);
  await go("/groups");
  await page.waitForSelector("tr.ant-table-row");
  const [chat] = await page.locator("tr.ant-table-row td:first-child").allInnerTexts();
  const words = `到店有礼 ${Date.now()}`;

  await go("/sops/new");
  await page.click("text=预检并启动");
  for (const fault of ["请填写标题。", "请选择要发到哪些群。", "第 1 步第 1 项：请填写文字，或删除这一项。"]) {
    await page.waitForSelector(`.ant-alert-error >> text=${fault}`);
  }
  await page.fill("#sop-title", "周年庆");
  await page.click(".ant-segmented-item:has-text('逐个选择')");
  await page.fill("input[aria-label=客户群]", chat);
  const option = page.locator(".ant-select-item-option", { hasText: chat }).first();
  const [, owner] = /（(.+)）$/.exec(await option.innerText());
  await option.click();
  await page.click("h1");
  await page.waitForSelector("text=现在有 1 个群，1 位群主");
  const now = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" });
  await page.fill("input[aria-label=日期和时间]", now.format(Date.now()));
  await page.keyboard.press("Enter");
  await page.fill("textarea[aria-label=文字]", words);
  await page.waitForSelector(`.phone >> text=${words}`);
  await page.click("text=预检并启动");
  await page.waitForSelector("text=时间已到，启动后马上发出");
  await page.click(".ant-modal button:has-text('启动')");
  await page.waitForURL(/\/sops\/[0-9a-f]{32}$/);
  const sop = page.url();
  await until(page, "待群主处理 1");

  const play = await visitor(world);
  await play.page.goto(`${world.simulator}/sim/play`);
  await play.page.fill("#search", owner);
  await play.page.click(`#owners button:has-text("${owner}") >> nth=0`);
  await play.page.locator("#waiting li", { hasText: words }).locator("button.main").click();
  await play.page.waitForSelector(`#arrived li:has-text("${words}")`);

  await until(page, "已发送 1");
  await page.goto(`${sop}?tab=tasks`);
  await page.click("text=任务经过");
  await page.waitForSelector(".ant-drawer .ant-timeline >> text=已发送");
  await page.goto(sop);
  await page.click("button:has-text('结束')");
  await page.click(".ant-popconfirm-buttons .ant-btn-primary");
  await page.waitForSelector(".ant-tag:has-text('已结束')");
  assert.deepEqual(complaints, []);
});

/** Looks again until the page has the text; the program tells owners, and asks what they sent, every few seconds. */
async function until(page, text) {
  for (let tries = 0; (await page.locator(`text=${text}`).count()) === 0; tries++) {
    assert.ok(tries < 40, `${text} never came`);
    await page.waitForTimeout(1_000);
  }
}
