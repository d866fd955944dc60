// The staff's own pages, as an owner has them on the phone: from a notice, and in the tool bar of a group's chat.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { goAs, phone, wecomApp } from "./wecom-app.mjs";
import { call, faults, signedIn, start } from "./world.mjs";

let world, admin, owners, picture;
before(async () => {
  world = await start(["--groups", "600", "--staff", "60"]);
  admin = (await signedIn(world)).page;
  owners = await ownersWithGroups(4);
  assert.ok(owners.length >= 5, "owners for each test");
  picture = JSON.parse((await call(admin, "files/list", {})).body).rows[0];
});
after(async () => {
  await world?.stop();
});

const simulator = async (path) => (await fetch(`${world.simulator}/sim/${path}`)).json();

/** Owners who can send, each with so many groups; none that was told a moment ago, since that is done once a minute. */
async function ownersWithGroups(n) {
  const { entries: messages } = await simulator("mass_messages?limit=100");
  const { entries: notices } = await simulator("app_messages?limit=100");
  const told = new Set(notices.map((notice) => notice.touser));
  const found = [];
  for (const userId of new Set(messages.map((message) => message.sender))) {
    if (told.has(userId)) continue;
    const { entries } = await simulator(`groups?owner=${userId}&limit=50`);
    const groups = entries.filter((group) => !group.dissolved).slice(0, n);
    if (groups.length === n) found.push({ userId, groups });
  }
  return found;
}

/** What `look` finds, as soon as it finds something. */
async function until(what, look) {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${what}`);
}

const TEXT = { kind: "text", content: "#群名称#的朋友，今天到店有礼" };
const LINK = {
  kind: "link",
  card: { title: "到店指南", url: "https://example.com/way", summary: "怎么走", coverUrl: "https://example.com/a.png" },
};

/** Has an owner told to send this by hand; the address in the notice, and the tasks as she gets them. */
async function told(title, { userId, groups }, content) {
  const made = await call(admin, "sops/create", {
    title,
    instruction: "中午前发完",
    mode: "manual",
    kind: "fixed_times",
    audience: { kind: "chats", chatIds: groups.map((group) => group.chat_id) },
    steps: [{ time: { atMs: Date.now() }, content }],
  });
  assert.equal(made.status, 200, made.body);
  const notice = await until(`the notice of ${title}`, async () => {
    const { entries } = await simulator(`app_messages?touser=${userId}&limit=100`);
    return entries.find((entry) => entry.description.includes(title));
  });
  return { sopId: JSON.parse(made.body).id, url: notice.url };
}

// The v3 open API's numbers, which the console shares.
const STATUS = { 1: "handed", 2: "sent", 3: "failed", 5: "cancelled" };

/** What became of an SOP's tasks, as the console shows it: each group's name with its state. */
async function states(sopId) {
  const { rows } = JSON.parse((await call(admin, "sops/tasks", { id: sopId })).body);
  return Object.fromEntries(rows.map((row) => [row.groupName, STATUS[row.status]]));
}

/** A call of these pages, as their own script would make it: `{status, body}`. */
function ask(page, path, request) {
  return page.evaluate(
    async ([path, request]) => {
      const headers = { "content-type": "application/json", "X-Siyu-Console": "1" };
      const reply = await fetch(`/h5/api/${path}`, { method: "POST", headers, body: JSON.stringify(request) });
      return { status: reply.status, body: await reply.json() };
    },
    [path, request],
  );
}

test("an owner does what a notice tells her of, in two groups, and says why a third is impossible", async () => {
  const [owner] = owners;
  const three = { ...owner, groups: owner.groups.slice(0, 3) };
  const { sopId, url } = await told("午间问候", three, [TEXT, LINK]);
  const { page, complaints } = await phone(world);
  await goAs(world, page, owner.userId, url);
  await page.waitForSelector("h2:has-text('午间问候')");
  assert.equal(await page.locator(".card li").count(), 3);
  assert.deepEqual(await faults(page), []);

  await page.locator(".card li a").first().click();
  await page.waitForSelector(".task >> text=中午前发完");
  const first = await page.locator("h1").innerText();
  assert.deepEqual(await faults(page), []);
  await page.locator("button:has-text('复制')").first().click();
  await page.waitForSelector(".told:has-text('已复制')");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${first}的朋友，今天到店有礼`);
  await page.click("text=标记为已发送");
  // The next one of the same message follows by itself.
  await page.locator("h1").filter({ hasNotText: first }).waitFor();
  const second = await page.locator("h1").innerText();
  // Nothing was copied here: the thumb may have slipped.
  await page.click("text=标记为已发送");
  await page.click("dialog >> text=取消");
  await page.click("text=标记为已发送");
  await page.click("dialog button.main");
  await page.locator("h1").filter({ hasNotText: second }).waitFor();
  const third = await page.locator("h1").innerText();
  assert.deepEqual([first, second, third].sort(), three.groups.map((group) => group.name).sort());
  await page.click("text=无法发送");
  await page.click("text=其他原因");
  await page.click("dialog button.main");
  await page.waitForSelector("text=请填写原因");
  assert.deepEqual(await faults(page), []);
  await page.fill("dialog textarea", "群里正在吵架");
  await page.click("dialog button.main");
  await page.waitForURL(`${world.base}/h5/`);

  await page.click("text=已完成");
  const card = page.locator(".card", { hasText: "午间问候" });
  await card.locator("text=群里正在吵架").waitFor();
  assert.equal(await card.locator("text=已发送 ·").count(), 2);
  assert.deepEqual(await states(sopId), { [first]: "sent", [second]: "sent", [third]: "failed" });
  assert.deepEqual(complaints, []);
});

test("the tool bar of a group shows that group's tasks, and sends one item with one tap", async () => {
  const owner = owners[1];
  const [here, there] = owner.groups;
  const content = [TEXT, { kind: "image", file: { id: picture.id } }, LINK];
  const { sopId } = await told("侧边栏", { ...owner, groups: [here, there] }, content);
  const app = wecomApp({ entry: "group_chat_tools", chatId: here.chat_id });
  const { page, complaints } = await phone(world, app);
  await goAs(world, page, owner.userId, "/h5/group");
  const card = page.locator(".card", { hasText: "侧边栏" });
  await card.waitFor();
  assert.deepEqual(new Set(await page.locator(".name").allInnerTexts()), new Set([here.name]));
  assert.deepEqual(await faults(page), []);
  const [{ agentid, signature }] = app.of("agentConfig");
  assert.match(`${agentid} ${signature}`, /^\d+ [0-9a-f]{40}$/);

  await card.locator("li a").click();
  const send = page.locator(".item button");
  await send.nth(0).click();
  await page.waitForSelector(".item >> nth=0 >> text=✓ 已发送");
  assert.deepEqual(await faults(page), []);
  // What WeCom refuses was not sent, and may be tried again.
  app.refuse("sendChatMessage", "no permission");
  await send.nth(1).click();
  await page.waitForSelector(".told:has-text('企业微信不允许')");
  assert.equal(await page.locator("text=✓ 已发送").count(), 1);
  // While another chat is open, nothing goes there.
  app.chatId = there.chat_id;
  await send.nth(1).click();
  await page.waitForSelector(".told:has-text('当前打开的是另一个群')");
  app.chatId = here.chat_id;
  await send.nth(1).click();
  await page.waitForSelector(".item >> nth=1 >> text=✓ 已发送");
  // Whoever was called away finds what is left.
  await page.reload();
  await page.waitForSelector(".item >> nth=1 >> text=✓ 已发送");
  await send.nth(2).click();
  await page.waitForSelector(".told:has-text('任务完成')");
  await page.waitForURL(`${world.base}/h5/group`);
  await page.waitForSelector(".empty, .card");
  assert.equal(await card.count(), 0);

  const messages = app.of("sendChatMessage");
  assert.deepEqual(
    messages.map((message) => message.msgtype),
    ["text", "image", "image", "news"],
  );
  assert.equal(messages[0].text.content, `${here.name}的朋友，今天到店有礼`);
  assert.match(messages[2].image.mediaid, /^\S{20,}$/);
  const { title, url, summary, coverUrl } = LINK.card;
  assert.deepEqual(messages[3].news, { title, link: url, desc: summary, imgUrl: coverUrl });
  assert.deepEqual(await states(sopId), { [here.name]: "sent", [there.name]: "handed" });
  assert.deepEqual(complaints, []);
});

test("what was taken back while the page was open is not sent", async () => {
  const owner = owners[4];
  const [group] = owner.groups;
  const { sopId } = await told("收回", { ...owner, groups: [group] }, [TEXT]);
  const app = wecomApp({ entry: "group_chat_tools", chatId: group.chat_id });
  const { page } = await phone(world, app);
  await goAs(world, page, owner.userId, "/h5/group");
  await page.locator(".card", { hasText: "收回" }).locator("li a").click();
  await page.waitForSelector(".item button");
  assert.equal((await call(admin, "sops/end", { id: sopId })).status, 200);
  await until("the end", async () => (await states(sopId))[group.name] === "cancelled");
  await page.click(".item button");
  await page.waitForSelector("text=已取消，请勿发送");
  await page.waitForSelector(".told:has-text('没有发送')");
  assert.deepEqual(app.of("sendChatMessage"), []);
});

test("from a notice in WeCom one goes to the group, or hands all of it to the mass-send assistant", async () => {
  const owner = owners[2];
  const [group] = owner.groups;
  const { url } = await told("去群里", { ...owner, groups: [group] }, [TEXT, LINK]);
  const app = wecomApp({ entry: "normal" });
  const { page, complaints } = await phone(world, app);
  await goAs(world, page, owner.userId, url);
  // Where WeCom does not help, hands do.
  app.refuse("getContext", "no permission");
  await page.locator(".card li a").click();
  await page.waitForSelector(".problem:has-text('企业微信不允许')");
  await page.waitForSelector(".item button:has-text('复制')");
  await page.reload();
  await page.click("text=打开群聊");
  await page.click("text=发送到群聊");
  await page.click("text=用群发助手发送到本群");
  await page.waitForSelector(".to-group button:disabled", { state: "detached" });
  assert.deepEqual(await faults(page), []);
  const [opened, withLink] = app.of("openExistedChatWithMsg");
  assert.deepEqual([opened.chatId, opened.msg, withLink.chatId], [group.chat_id, undefined, group.chat_id]);
  assert.equal(withLink.msg.link.url, LINK.card.url);
  const [{ chatIds, text, attachments }] = app.of("shareToExternalChat");
  assert.deepEqual(
    [chatIds, text.content, attachments.length],
    [[group.chat_id], `${group.name}的朋友，今天到店有礼`, 1],
  );
  // The tool bar's page says what to do when it is opened elsewhere.
  await page.goto(`${world.base}/h5/group`);
  await page.waitForSelector("text=请在客户群的聊天工具栏里打开");
  assert.deepEqual(complaints, []);
});

test("an app that does not answer is not waited for", async () => {
  const app = wecomApp({ entry: "group_chat_tools" });
  const { page, complaints } = await phone(world, app);
  await goAs(world, page, owners[2].userId, "/h5/group");
  app.isSilent = true;
  await page.clock.install();
  await page.reload();
  await until("the question", () => app.of("getContext").length > 1 || app.of("agentConfig").length > 1);
  await page.clock.fastForward(10_000);
  await page.waitForSelector("text=当前企业微信版本不支持");
  await page.waitForSelector("button:has-text('重试')");
  assert.deepEqual(complaints, []);
});

test("a task of another owner cannot be seen or marked by its id", async () => {
  const [owner, other] = owners.slice(3);
  const { sopId, url } = await told("别人的", { ...owner, groups: [owner.groups[0]] }, [TEXT]);
  const hers = await phone(world);
  await goAs(world, hers.page, owner.userId, url);
  const link = await hers.page.locator(".card li a").getAttribute("href");
  const taskId = link.split("/").at(-1);

  const { page } = await phone(world);
  await goAs(world, page, other.userId, link);
  await page.waitForSelector("text=没有这个任务");
  assert.equal((await ask(page, "content", { taskId })).status, 404);
  assert.equal((await ask(page, "mark", { taskIds: [taskId], outcome: "sent" })).status, 404);
  await page.goto(`${world.base}/h5/task/xyz`);
  await page.waitForSelector("text=没有这个任务");
  // The notice of somebody else leads to nothing.
  await page.goto(url);
  await page.waitForSelector("text=今天没有待发送的任务");
  assert.deepEqual(await states(sopId), { [owner.groups[0].name]: "handed" });
});

test("whoever's session has ended signs in again and comes back; used codes and wrong states let nobody in", async () => {
  const [owner] = owners;
  const { page, complaints } = await phone(world);
  let callback;
  page.on("request", (request) => {
    if (request.url().includes("/wecom/callback")) callback = request.url();
  });
  await goAs(world, page, owner.userId, "/h5/?tab=done");
  await page.waitForSelector(".card, .empty");
  // Another page of the same browser signs out.
  assert.equal((await ask(page, "sign-out", {})).status, 200);
  await goAs(world, page, owner.userId, "/h5/?tab=done");
  const { pathname, search } = new URL(page.url());
  assert.equal(pathname + search, "/h5/?tab=done");

  await page.click("text=退出");
  await page.waitForSelector("text=用企业微信登录");
  assert.deepEqual(await faults(page), []);
  await page.goto(callback);
  await page.waitForSelector("text=登录没有从这个浏览器开始");
  await page.click("text=用企业微信登录");
  await page.waitForURL((at) => at.href.startsWith(world.simulator));
  const forged = callback.replace(/state=[^&]+/, `state=${"0".repeat(64)}`);
  await page.goto(forged);
  await page.waitForSelector("text=这次返回与开始的登录不一致");
  assert.equal((await ask(page, "me", {})).status, 401);
  // An address can put no words of its own on the page.
  await page.goto(`${world.base}/h5/sign-in?problem=constructor&to=//evil.example.com`);
  await page.waitForSelector("text=出错了");
  await page.click("text=用企业微信登录");
  await page.waitForURL((at) => at.href.startsWith(world.simulator));
  assert.ok(!page.url().includes("evil"));
  assert.deepEqual(complaints, []);
});
