// What people do with the console, in a real browser on the real program.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { ADMIN, call, faults, signedIn, signIn, start, visitor } from "./world.mjs";

const PAGES = [
  "overview",
  "sops",
  "sops/new",
  "calendar",
  "groups",
  "group-tags",
  "staff",
  "materials",
  "apps",
  "wecom",
]
  .concat(["sync", "users", "audit", "account"])
  .map((page) => `/${page}`);

let world;
before(async () => {
  world = await start();
});
after(async () => {
  await world?.stop();
});

test("whoever is not signed in is asked to, and comes where he wanted to go", async () => {
  const { page, go } = await visitor(world);
  await go("/groups?name=%E7%BE%A4");
  await signIn(page, { ...ADMIN, password: "something else" });
  await page.waitForSelector("text=账号或密码错误");
  await signIn(page, ADMIN);
  await page.waitForSelector("tr.ant-table-row");
  assert.equal(new URL(page.url()).search, "?name=%E7%BE%A4");
});

test("signing in leads to no other site", async () => {
  for (const to of ["//evil.example.com", "https://evil.example.com", "/\\evil.example.com"]) {
    const { page, go } = await visitor(world);
    await go(`/sign-in?to=${encodeURIComponent(to)}`);
    await signIn(page, ADMIN);
    await page.waitForSelector("text=今天的任务");
    assert.equal(new URL(page.url()).pathname, "/console/overview");
  }
});

test("a new user changes his one-time password and sees what his role allows", async () => {
  const admin = await signedIn(world);
  await admin.go("/users");
  await admin.page.click("text=新建用户");
  await admin.page.fill("#login", "wang");
  await admin.page.click("#role");
  await admin.page.click('.ant-select-item-option:has-text("只读")');
  await admin.page.click(".ant-modal .ant-btn-primary");
  const once = await admin.page.locator(".ant-modal code").innerText();
  const user = await visitor(world);
  await user.go("/users");
  await signIn(user.page, { login: "wang", password: once.trim() });
  await user.page.waitForSelector("#old");
  await user.page.fill("#old", once.trim());
  await user.page.fill("#new", "correct horse battery");
  await user.page.fill("#again", "correct horse batterz");
  await user.page.click("button[type=submit]");
  await user.page.waitForSelector("text=两次输入不一致");
  await user.page.fill("#again", "correct horse battery");
  await user.page.click("button[type=submit]");
  await user.page.waitForSelector("text=今天的任务");
  const links = await user.page.locator("nav").first().locator("a").allInnerTexts();
  assert.deepEqual(links, ["概览", "SOP", "日历", "客户群", "群标签", "员工与部门", "素材库"]);
  await user.go("/users");
  await user.page.waitForSelector("text=您的角色没有此权限");
  const refused = await call(user.page, "users/create", { login: "x2", role: "admin" });
  assert.equal(refused.status, 403);
});

test("a user who is linked to a member of staff signs in with WeCom; others are told why not", async () => {
  const admin = await signedIn(world);
  await admin.go("/users");
  await admin.page.click("text=新建用户");
  await admin.page.fill("#login", "linked");
  await admin.page.click("#staffId");
  const option = admin.page.locator('.ant-select-item-option:has-text("(")').last();
  const [, userid] = /\((.+)\)/.exec(await option.innerText());
  await option.click();
  await admin.page.click(".ant-modal .ant-btn-primary");
  await admin.page.waitForSelector(".ant-modal code");

  const user = await visitor(world);
  await user.go("/groups?name=%E7%BE%A4");
  await user.page.waitForSelector('a:has-text("企业微信登录")');
  assert.deepEqual(await faults(user.page), []);
  await user.page.click('a:has-text("企业微信登录")');
  await user.page.waitForURL(/wwlogin\/sso\/login/);
  assert.ok(user.page.url().startsWith(world.simulator));
  await user.page.click("text=no member of staff");
  await user.page.waitForSelector("text=您不是本企业的成员");
  await user.page.click('a:has-text("企业微信登录")');
  await user.page.fill("input[name=q]", userid);
  await user.page.click("text=search");
  await user.page.click(`button[value="${userid}"]`);
  await user.page.waitForSelector("text=linked");
  const { pathname, search } = new URL(user.page.url());
  assert.equal(pathname + search, "/console/groups?name=%E7%BE%A4");
  assert.deepEqual(user.complaints, []);
});

test("groups are found by name, and the address says by which", async () => {
  const { page, go } = await signedIn(world);
  await go("/groups");
  const name = await page.locator("tr.ant-table-row td").first().innerText();
  await page.fill("input[aria-label=搜索群名]", name);
  await page.keyboard.press("Enter");
  await page.waitForURL(/name=/);
  await page.waitForSelector(".ant-pagination-total-text");
  await page.reload();
  await page.waitForSelector("tr.ant-table-row");
  for (const shown of await page.locator("tr.ant-table-row td:first-child").allInnerTexts()) {
    assert.ok(shown.includes(name), `${shown} has ${name}`);
  }
});

test("an app is made, and the open API answers it", async () => {
  const { page, go } = await signedIn(world);
  await go("/apps");
  await page.click("text=新建应用");
  await page.fill("#suffix", "crm");
  await page.click(".ant-modal .ant-btn-primary");
  const key = (await page.locator(".ant-modal code").innerText()).trim();
  const appId = await page.locator(".ant-modal-title").last().innerText();
  const [body, timestamp] = ['{"pageSize":1}', String(Date.now())];
  const sign = createHash("sha256")
    .update(appId + timestamp + body + key)
    .digest("hex");
  const headers = { "content-type": "application/json", appId, timestamp, sign };
  const groupList = async (body) => {
    const reply = await fetch(`${world.base}/api/v3/groupSop/getGroupList`, { method: "POST", headers, body });
    return reply.json();
  };
  assert.equal((await groupList(body)).code, 0);
  const refusal = await groupList("{}");
  assert.equal(refusal.code, 1002);
  // It is written within a second or so.
  await page.waitForTimeout(2_000);
  await go("/apps");
  await page.locator("tr.ant-table-row", { hasText: appId }).locator("text=调用记录").click();
  await page.waitForURL(`**/apps/${appId}/calls`);
  // The address changes before the page does.
  await page.locator("tr.ant-table-row", { hasText: "getGroupList" }).nth(1).waitFor();
  assert.equal(await page.locator("tr.ant-table-row").count(), 2);
  await page.click("text=只看被拒绝的");
  await page.waitForURL(/refused=1/);
  await page.waitForSelector("tr.ant-table-row >> text=成功", { state: "detached" });
  const shown = await page.locator("tr.ant-table-row").allInnerTexts();
  assert.ok(shown.length === 1 && shown[0].includes(refusal.message), shown.join());
  assert.deepEqual(await faults(page), []);
});

test("names and notices that people of WeCom choose are shown, not run", async () => {
  const { page } = await signedIn(world);
  const listed = async (name) => JSON.parse((await call(page, "groups/list", { filter: { name } })).body);
  const { rows } = await listed(null);
  const name = '<img src=x onerror="document.title=1">';
  const { chatId } = rows[0];
  for (const [path, change] of [
    ["groups/notice", { notice: name }],
    ["groups/add_member", { name }],
    ["groups/rename", { name }],
  ]) {
    const body = JSON.stringify({ chat_id: chatId, ...change });
    const headers = { "content-type": "application/json" };
    assert.ok((await fetch(`${world.simulator}/sim/${path}`, { method: "POST", headers, body })).ok, path);
  }
  // WeCom tells of it, and the group is read some seconds later.
  for (let tries = 0; (await listed("<img")).total === 0; tries++) {
    assert.ok(tries < 60, "the new name never came");
    await page.waitForTimeout(500);
  }
  await page.goto(`${world.base}/console/groups?name=${encodeURIComponent("<img")}`);
  assert.equal(await page.locator("tr.ant-table-row td").first().innerText(), name);
  await page.click("tr.ant-table-row a");
  await page.waitForSelector(`h1:has-text(${JSON.stringify(name)})`);
  await page.waitForSelector(`.ant-descriptions >> text=${name}`);
  await page.waitForSelector(`tr.ant-table-row >> text=${name}`);
  assert.equal(await page.locator("img[src=x]").count(), 0);
  assert.notEqual(await page.title(), "1");
});

test("the page comes with a strict policy, its files compressed and kept", async () => {
  const reply = await fetch(`${world.base}/console/groups`);
  const policy = reply.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[0-9a-f]{32}';/);
  const [script] = /assets\/[^"]+\.js/.exec(await reply.text());
  const file = await fetch(`${world.base}/console/${script}`, { headers: { "accept-encoding": "br" } });
  assert.equal(file.headers.get("content-encoding"), "br");
  assert.match(file.headers.get("cache-control"), /immutable/);
  assert.equal((await fetch(`${world.base}/console/assets/none.js`)).status, 404);
  const headers = { "content-type": "application/json", "X-Siyu-Console": "1", "accept-encoding": "gzip" };
  const answer = await fetch(`${world.base}/console/api/session/me`, { method: "POST", headers, body: "{}" });
  assert.equal(answer.headers.get("content-encoding"), "gzip");
});

test("pages have no serious faults of accessibility and nothing to complain of, wide and on a phone", async () => {
  const found = [];
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 800 },
  ]) {
    const { page, complaints, go } = await signedIn(world, ADMIN, viewport);
    const first = async (list) => {
      await go(list);
      return page.locator("tr.ant-table-row a").first().getAttribute("href");
    };
    const [group, sop] = [await first("/groups"), await first("/sops")].map((href) => href.replace("/console", ""));
    const parts = ["tasks", "calendar", "history"].map((tab) => `${group}?tab=${tab}`);
    parts.push(...["content", "tasks", "acts"].map((tab) => `${sop}?tab=${tab}`));
    for (const path of [...PAGES, group, sop, ...parts]) {
      await go(path);
      await page.waitForSelector("h1");
      await page.waitForLoadState("networkidle");
      found.push(...(await faults(page)).map((fault) => `${path} at ${viewport.width}: ${fault}`));
    }
    assert.deepEqual(complaints, []);
  }
  assert.deepEqual(found, []);
});
