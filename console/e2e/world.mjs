// The real program with its simulated company, and a browser to look at it with.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const SIYU = process.env.SIYU ?? new URL("../../target/debug/siyu", import.meta.url).pathname;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
// Without them Chromium calls its maker.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const ADMIN = { login: "demo", password: "demo-password" };

/** Starts `siyu demo` on free ports and a browser; `stop` ends both. */
export async function start(size = ["--groups", "120", "--staff", "100"]) {
  const data = mkdtempSync(join(tmpdir(), "siyu-e2e-"));
  const listen = ["--listen", "127.0.0.1:0", "--sim-listen", "127.0.0.1:0"];
  const program = spawn(SIYU, ["demo", "--data", data, ...size, ...listen], { stdio: ["ignore", "pipe", "inherit"] });
  const text = await ready(program);
  const base = /Siyu is ready: (\S+)/.exec(text)[1];
  const simulator = /(http:\/\/\S+)\/sim\)/.exec(text)[1];
  const seller = /with WeCom too, as (\S+)/.exec(text)[1];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const stop = async () => {
    await browser.close();
    program.kill("SIGINT");
    await new Promise((resolve) => program.once("exit", resolve));
    rmSync(data, { recursive: true, force: true });
  };
  return { base, simulator, seller, browser, stop };
}

function ready(program) {
  return new Promise((resolve, reject) => {
    let text = "";
    program.stdout.on("data", (part) => {
      text += part;
      if (text.includes("Ctrl-C ends it")) resolve(text);
    });
    program.once("exit", (code) => reject(new Error(`siyu demo ended with ${code}`)));
    program.once("error", reject);
  });
}

// The table measures scrollbars with a style of its own; the browser refuses it, which changes nothing.
const EXPECTED = [/Applying inline style violates/, /status of 40\d/];

/** A page of a browser of its own; what its console complains of is in `complaints`. */
export async function visitor(world, viewport = { width: 1280, height: 800 }) {
  const context = await world.browser.newContext({ viewport });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !EXPECTED.some((known) => known.test(text))) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { page, complaints, go: (path) => page.goto(`${world.base}/console${path}`) };
}

export async function signIn(page, { login, password }) {
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
}

/** A visitor who is signed in, on the page of groups. */
export async function signedIn(world, who = ADMIN, viewport) {
  const found = await visitor(world, viewport);
  await found.go("/groups");
  await signIn(found.page, who);
  await found.page.waitForSelector("tr.ant-table-row");
  return found;
}

/** Posts to an address below /console as the page's own script would: `{status, body}`, the body as text. */
export function send(page, path, request) {
  return page.evaluate(
    async ([path, request]) => {
      const headers = { "content-type": "application/json", "X-Siyu-Console": "1" };
      const reply = await fetch(`/console/${path}`, { method: "POST", headers, body: JSON.stringify(request) });
      return { status: reply.status, body: await reply.text() };
    },
    [path, request],
  );
}

/** A call of the console's own. */
export const call = (page, path, request) => send(page, `api/${path}`, request);

/** Serious faults of accessibility on the page. */
export async function faults(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    const serious = violations.filter((fault) => fault.impact === "serious" || fault.impact === "critical");
    return serious.map((fault) => `${fault.id}: ${fault.nodes[0].html}`);
  });
}
