// The console on large companies in a real Chromium: what is loaded, how soon it can be used, how soon a filter's rows
// are painted, and an export. Run by `siyu-bench console`, which makes and serves the companies.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { served, rounds, bareSheetS } = JSON.parse(process.env.SIYU_BENCH);
const [big, many, few] = served;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const PASSWORD = "correct horse battery";

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
let isGood = true;
function line(what, value, unit, limit) {
  const isMet = limit === undefined || value <= limit;
  isGood &&= isMet;
  const shown = value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
  console.log(
    `| ${what} | ${shown} ${unit} | ${limit === undefined ? "" : `≤ ${limit}`} | ${limit === undefined ? "" : isMet ? "ok" : "missed"} |`,
  );
}

/** Signs in with the one-time password and chooses another; the cookie of the session. */
async function signIn(company) {
  let cookie = "";
  const call = async (path, body) => {
    const headers = { "content-type": "application/json", "X-Siyu-Console": "1", cookie };
    const reply = await fetch(`${company.base}/console/api/${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    const set = reply.headers.get("set-cookie");
    if (set) [cookie] = set.split(";");
  };
  await call("session/sign-in", { login: company.login, password: company.password });
  await call("session/change-password", { old: company.password, new: PASSWORD });
  return cookie;
}

async function open(browser, company, cookie) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: company.base }]);
  return context.newPage();
}

/** Bytes over the wire and ms until the rows are painted and the page is idle, on a processor a quarter as fast. */
async function firstLoad(browser, company, cookie) {
  const page = await open(browser, company, cookie);
  const client = await page.context().newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(`${company.base}/console/groups`, { waitUntil: "commit" });
  await page.waitForSelector("tr.ant-table-row");
  const ms = await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestIdleCallback(() => resolve(performance.now())));
      }),
  );
  await page.context().close();
  return { ms, kb: bytes / 1000 };
}

/** ms from a key until the last change of the table is painted. */
async function untilPainted(page, act) {
  await page.evaluate(() => {
    const table = document.querySelector(".ant-table-wrapper");
    window.painted = new Promise((resolve) => {
      let began, last, timer;
      const begin = (event) => (began ??= event.timeStamp);
      for (const kind of ["keydown", "click"]) addEventListener(kind, begin, { capture: true, once: true });
      const watch = new MutationObserver(() => {
        if (began === undefined) return;
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          // After the frame, which is painted then.
          channel.port1.onmessage = () => {
            last = performance.now();
            clearTimeout(timer);
            timer = setTimeout(() => (watch.disconnect(), resolve(last - began)), 400);
          };
          channel.port2.postMessage(0);
        });
      });
      watch.observe(table, { childList: true, subtree: true, characterData: true, attributes: true });
    });
  });
  await act();
  return page.evaluate(() => window.painted);
}

async function filters(browser, company, cookie) {
  const page = await open(browser, company, cookie);
  await page.goto(`${company.base}/console/groups`);
  await page.waitForSelector("tr.ant-table-row");
  const names = await page.locator("tr.ant-table-row td:first-child").allInnerTexts();
  const words = names.map((name) => name.slice(0, 2)).filter((word) => word.length === 2);
  const search = page.locator("input[aria-label=搜索群名]");
  const times = { name: [], page: [] };
  for (let round = 0; round < rounds * 3; round++) {
    await search.fill(words[round % words.length] ?? "群");
    times.name.push(await untilPainted(page, () => search.press("Enter")));
    const next = page.locator(".ant-pagination-next button");
    if (await next.isEnabled()) times.page.push(await untilPainted(page, () => next.click()));
  }
  await page.context().close();
  return times;
}

const privateMib = (pid) => Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** Seconds of an export until its file is here, and by how many MiB the server grew meanwhile. */
async function exported(company, cookie) {
  const before = privateMib(company.pid);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, privateMib(company.pid))), 10);
  const began = performance.now();
  const headers = { "content-type": "application/json", "X-Siyu-Console": "1", cookie };
  const body = JSON.stringify({ filter: {}, language: "zh" });
  const reply = await fetch(`${company.base}/console/stream/export/groups`, { method: "POST", headers, body });
  const last = JSON.parse((await reply.text()).trim().split("\n").at(-1));
  // A few groups of each company are dissolved.
  if (!(last.nRows > 0.95 * company.n_groups)) throw new Error(`exported ${JSON.stringify(last)}`);
  const file = await fetch(`${company.base}/console/export/${last.token}`, { headers: { cookie } });
  const size = (await file.arrayBuffer()).byteLength;
  const s = (performance.now() - began) / 1000;
  clearInterval(watch);
  return { s, nRows: last.nRows, grewMib: most - before, mb: size / 1e6 };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const cookies = await Promise.all(served.map(signIn));
console.log("| the console | | limit | |\n|---|---|---|---|");
const loads = [];
for (let round = 0; round < rounds; round++) loads.push(await firstLoad(browser, few, cookies[2]));
line("first load of the page of groups, everything over the wire", median(loads.map(({ kb }) => kb)), "kB", 400);
line("until its rows are painted and it is idle, at 4× slow-down", median(loads.map(({ ms }) => ms)), "ms", 2000);
const times = await filters(browser, big, cookies[0]);
line(`${big.n_groups} groups: from Enter in the search to painted rows, median`, median(times.name), "ms", 300);
line("the slowest of them", Math.max(...times.name), "ms");
line("from a click on the next page to painted rows, median", median(times.page), "ms", 300);
await browser.close();
const exports = [];
for (let round = 0; round < rounds; round++) exports.push(await exported(many, cookies[1]));
const small = [];
for (let round = 0; round < rounds; round++) small.push(await exported(few, cookies[2]));
const exportS = median(exports.map(({ s }) => s));
line(`export of ${exports[0].nRows} groups until the file is here`, exportS, "s", 10);
line("times the library alone for as many cells", exportS / bareSheetS, "");
line("the file", exports[0].mb, "MB");
line(`memory that the first export added (${exports[0].nRows} groups)`, exports[0].grewMib, "MiB", 64);
line("memory that each later one added, at most", Math.max(...exports.slice(1).map(({ grewMib }) => grewMib)), "MiB");
line(`the same with ${small[0].nRows} groups, the first`, small[0].grewMib, "MiB");
process.exitCode = isGood ? 0 : 1;
