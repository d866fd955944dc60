// What the console refuses: other departments, other sites, sessions set beforehand, markup in texts.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ADMIN, call, send, signedIn, signIn, start, visitor } from "./world.mjs";

const OPERATOR = { login: "operator", password: ADMIN.password };
const MARKUP = '<img src=x onerror="document.title=1">';

let world;
before(async () => {
  world = await start();
});
after(async () => {
  await world?.stop();
});

const rowsOf = ({ body }) => JSON.parse(body).rows;

test("an operator of one department sees and changes its groups alone, in pages and in calls", async () => {
  const admin = await signedIn(world);
  const operator = await signedIn(world, OPERATOR);
  const paging = { pageNo: 1, pageSize: 200 };
  const all = rowsOf(await call(admin.page, "groups/list", { paging }));
  const own = rowsOf(await call(operator.page, "groups/list", { paging }));
  const ownIds = new Set(own.map((group) => group.chatId));
  assert.ok(own.length > 0 && own.length < all.length, `${own.length} of ${all.length}`);
  const other = all.find((group) => !ownIds.has(group.chatId));
  const [{ tags }] = rowsOf(await call(admin.page, "group-tags/list", {}));
  const tagId = tags[0].id;

  await operator.go(`/groups/${other.chatId}`);
  await operator.page.waitForSelector("text=没有这个群，或它不在您的数据范围内");
  await operator.go(`/groups/${own[0].chatId}`);
  await operator.page.waitForSelector(`h1:has-text("${own[0].name}")`);
  for (const [path, request] of [
    ["groups/detail", { chatId: other.chatId }],
    ["groups/tasks", { chatId: other.chatId }],
    ["groups/tag", { chatId: other.chatId, addIds: [tagId] }],
  ]) {
    assert.equal((await call(operator.page, path, request)).status, 404, path);
  }
  await send(operator.page, "stream/tag-all", { filter: {}, addIds: [tagId], removeIds: [] });
  const { tagIds } = JSON.parse((await call(admin.page, "groups/detail", { chatId: own[0].chatId })).body);
  assert.ok(tagIds.includes(tagId), "his own groups are tagged");
  const after = rowsOf(await call(admin.page, "groups/list", { paging }));
  const named = (rows) => rows.filter((group) => !ownIds.has(group.chatId)).map((group) => group.tagNames);
  assert.deepEqual(named(after), named(all), "other groups are as they were");

  const exported = (await send(operator.page, "stream/export/groups", { filter: {}, language: "zh" })).body;
  assert.match(exported, new RegExp(`"nRows":${own.length}\\b`));
  assert.deepEqual(operator.complaints, []);
});

test("a page of another site cannot act for whoever is signed in", async () => {
  const { page, go } = await signedIn(world);
  const form = `<form method="post" enctype="text/plain" action="${world.base}/console/api/session/sign-out">
    <input name='{"x":"' value='"}'></form><script>document.forms[0].submit()</script>`;
  const site = createServer((_, reply) => reply.setHeader("content-type", "text/html").end(form));
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  // Another port is another origin, yet the same site to cookies: SameSite alone would not stop it.
  const answer = page.waitForResponse(/session\/sign-out/);
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  assert.equal((await answer).status(), 403);
  site.close();
  await go("/groups");
  await page.waitForSelector("tr.ant-table-row");
});

test("a session that was set before signing in does not become the user's, and ends when he signs out", async () => {
  const { page, go } = await visitor(world);
  const planted = "0".repeat(64);
  const cookie = { name: "siyu_session", url: world.base };
  await page.context().addCookies([{ ...cookie, value: planted }]);
  await go("/groups");
  await signIn(page, ADMIN);
  await page.waitForSelector("tr.ant-table-row");
  const [{ value, httpOnly }] = await page.context().cookies();
  assert.notEqual(value, planted);
  assert.ok(httpOnly);
  assert.equal((await call(page, "session/sign-out", {})).status, 200);
  await page.context().addCookies([{ ...cookie, value }]);
  assert.equal((await call(page, "session/me", {})).status, 401);
});

test("titles and texts of SOPs are shown, not run", async () => {
  const { page, go, complaints } = await signedIn(world);
  const [{ chatId }] = rowsOf(await call(page, "groups/list", {}));
  const reply = await call(page, "sops/create", {
    title: MARKUP,
    instruction: MARKUP,
    kind: "fixed_times",
    mode: "manual",
    audience: { kind: "chats", chatIds: [chatId] },
    steps: [{ time: { atMs: Date.now() + 3_600_000 }, content: [{ kind: "text", content: MARKUP }] }],
  });
  assert.equal(reply.status, 200, reply.body);
  const { id } = JSON.parse(reply.body);
  const pages = ["/sops", "/calendar", "/overview", `/sops/${id}?tab=content`, `/sops/${id}/edit`, `/groups/${chatId}`];
  for (const path of [...pages, "/audit"]) {
    await go(path);
    await page.waitForSelector("h1");
    await page.waitForLoadState("networkidle");
    assert.equal(await page.locator("img[src=x]").count(), 0, path);
  }
  await go(`/sops/${id}?tab=content`);
  await page.waitForSelector(`.phone >> text=${MARKUP}`);
  assert.deepEqual(complaints, []);
});
