// WeCom's app around a page, played: it answers what pages ask of it, keeps what was asked, and refuses what a test
// wants refused. The pages use WeCom's own SDK, which talks to this as it does to the app.

const USER_AGENT =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36 " +
  "wxwork/4.1.36 MicroMessenger/7.0.1";
const PHONE = { width: 390, height: 780 };

/** What a page was opened from (`entry`, as getContext has it), and in which group. */
export function wecomApp({ entry, chatId = "" }) {
  const calls = [];
  const refusals = new Map();
  return {
    calls,
    /** Whether it never answers, as apps that are too old. */
    isSilent: false,
    /** May change while a page is open: people do open another chat. */
    chatId,
    /** The next call of this name fails with these words. */
    refuse: (name, words) => refusals.set(name, words),
    of: (name) => calls.filter((call) => call.name === name).map((call) => call.params),
    answer(name, params) {
      calls.push({ name, params });
      if (this.isSilent) return new Promise(() => undefined);
      const words = refusals.get(name);
      refusals.delete(name);
      if (words) return { err_msg: `${name}:fail ${words}` };
      const reply = { err_msg: `${name}:ok` };
      if (name === "getContext") reply.entry = entry;
      if (name === "getCurExternalChat") reply.chatId = this.chatId;
      return reply;
    },
  };
}

/** A phone with a page of its own, in WeCom's app when there is one. */
export async function phone(world, app) {
  const context = await world.browser.newContext({ viewport: PHONE, ...(app ? { userAgent: USER_AGENT } : {}) });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: world.base });
  if (app) {
    await context.exposeFunction("askWeCom", (name, params) => app.answer(name, params));
    await context.addInitScript(() => {
      const invoke = (name, params, done) => void globalThis.askWeCom(name, params).then(done);
      globalThis.WeixinJSBridge = { on() {}, call() {}, invoke };
    });
  }
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // The first call of whoever is not signed in is refused, and leads to WeCom's login page.
    if (message.type() === "error" && !/status of 40\d/.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

/** Goes to an address as this member of staff, by the simulator's login page. */
export async function goAs(world, page, userId, url) {
  await page.goto(url.startsWith("http") ? url : world.base + url);
  await page.waitForURL((at) => at.href.startsWith(world.simulator));
  await page.fill("input[name=q]", userId);
  await page.click("text=search");
  await page.click(`button[value="${userId}"]`);
  await page.waitForURL((at) => at.pathname.startsWith("/h5/"));
}
