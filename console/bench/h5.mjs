// The staff's own pages in a real Chromium: what is loaded, and how soon a day's tasks are shown on a slow phone. The
// yardstick is a page of nothing but HTML from the same server. Run by `make bench-h5`.
import { goAs, phone } from "../e2e/wecom-app.mjs";
import { call, signedIn, start } from "../e2e/world.mjs";

const ROUNDS = 5;
const N_TASKS = 50;
const SLOW_CPU = 4;
/** A poor mobile network: 1.6 Mbit/s, 150 ms there and back. */
const SLOW_NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const world = await start(["--groups", "2000", "--staff", "20"]);
try {
  const cookies = await owner();
  const paths = { h5: "/h5/", bare: "/" };
  const fast = { h5: [], bare: [] };
  // One after the other, so that what disturbs the machine disturbs both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, path] of Object.entries(paths)) fast[name].push(await firstLoad(cookies, path));
  }
  const slow = [];
  for (let round = 0; round < ROUNDS; round++) slow.push(await firstLoad(cookies, paths.h5, SLOW_NETWORK));
  const ms = median(fast.h5.map((load) => load.ms));
  const lines = [
    [`first load with ${N_TASKS} tasks, everything over the wire`, median(fast.h5.map((load) => load.kb)), "kB", 150],
    [`until they are painted and the page is idle, at ${SLOW_CPU}× slow-down`, ms, "ms", 1500],
    ["the same for a page of HTML alone", median(fast.bare.map((load) => load.ms)), "ms"],
    ["with 1.6 Mbit/s and 150 ms besides", median(slow.map((load) => load.ms)), "ms"],
  ];
  console.log("| the staff's pages | | limit | |\n|---|---|---|---|");
  for (const [what, value, unit, limit] of lines) {
    const isMet = limit === undefined || value <= limit;
    const verdict = limit === undefined ? "|" : `≤ ${limit} | ${isMet ? "ok" : "missed"}`;
    console.log(`| ${what} | ${value.toFixed(0)} ${unit} | ${verdict} |`);
    if (!isMet) process.exitCode = 1;
  }
} finally {
  await world.stop();
}

/** Tells one owner of so many tasks; the cookies with which she sees them. */
async function owner() {
  const { page } = await signedIn(world);
  const simulator = async (path) => (await fetch(`${world.simulator}/sim/${path}`)).json();
  const { entries } = await simulator("app_messages?limit=1");
  const userId = entries[0].touser;
  const groups = (await simulator(`groups?owner=${userId}&limit=500`)).entries.filter((group) => !group.dissolved);
  const chatIds = groups.slice(0, N_TASKS).map((group) => group.chat_id);
  const content = [{ kind: "text", content: "#群名称#的朋友，今天到店有礼" }];
  const made = await call(page, "sops/create", {
    title: "午间问候",
    mode: "manual",
    kind: "fixed_times",
    audience: { kind: "chats", chatIds },
    steps: [{ time: { atMs: Date.now() }, content }],
  });
  if (made.status !== 200) throw new Error(made.body);
  const hers = (await phone(world)).page;
  await goAs(world, hers, userId, "/h5/");
  for (;;) {
    await hers.reload();
    await hers.waitForSelector(".card, .empty");
    if ((await hers.locator(".card li").count()) >= N_TASKS) return hers.context().cookies();
  }
}

/** kB over the wire, and ms until the page shows what it is for and is idle; nothing is kept from before. */
async function firstLoad(cookies, path, network) {
  const { page } = await phone(world);
  await page.context().addCookies(cookies);
  const client = await page.context().newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: SLOW_CPU });
  await client.send("Network.enable");
  if (network) await client.send("Network.emulateNetworkConditions", network);
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(world.base + path, { waitUntil: "commit" });
  await page.waitForSelector(".card li, main li");
  const ms = await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestIdleCallback(() => resolve(performance.now())));
      }),
  );
  await page.context().close();
  return { ms, kb: bytes / 1000 };
}
