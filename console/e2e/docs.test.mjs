// The page about the open API, and every sample that can run here, against the real program.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { call, faults, signedIn, start, visitor } from "./world.mjs";

const SAMPLES = new URL("../../docs/api/samples/", import.meta.url).pathname;
const run = promisify(execFile);

let world, app, folder;
before(async () => {
  world = await start();
  folder = mkdtempSync(join(tmpdir(), "siyu-samples-"));
  const { page } = await signedIn(world);
  app = JSON.parse((await call(page, "apps/create", { suffix: "docs", name: "docs" })).body);
});
after(async () => {
  await world?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

/** How each sample is run, and what must be installed for it. */
const WAYS = {
  "sample.sh": { needs: ["sh", "curl", "sha256sum"], command: ["sh", "sample.sh"] },
  "sample.mjs": { needs: ["node"], command: ["node", "sample.mjs"] },
  "sample.py": { needs: ["python3"], command: ["python3", "sample.py"] },
  "Sample.java": { needs: ["java", "javac"], command: ["java", "Sample.java"] },
  "sample.go": { needs: ["go"], command: ["go", "run", "sample.go"] },
  "sample.php": { needs: ["php"], command: ["php", "sample.php"] },
  "sample.rb": { needs: ["ruby"], command: ["ruby", "sample.rb"] },
  "sample.c": {
    needs: ["cc"],
    headers: ["curl/curl.h", "openssl/sha.h"],
    command: ["sh", "-c", 'cc sample.c -lcurl -lcrypto -o "$OUT/sample-c" && "$OUT/sample-c"'],
  },
};

function isInstalled({ needs, headers = [] }) {
  try {
    for (const program of needs) execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    const input = headers.map((header) => `#include <${header}>\n`).join("");
    if (input) execFileSync("cc", ["-E", "-"], { input, stdio: ["pipe", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
}

for (const [file, way] of Object.entries(WAYS)) {
  const skip = isInstalled(way) ? false : `${way.needs.join(", ")} is not installed here`;
  test(`${file} signs a call, and fails with a wrong key`, { skip }, async () => {
    const [program, ...rest] = way.command;
    const sample = (key) => {
      const env = { ...process.env, SIYU_URL: world.base, APP_ID: app.appId, APP_KEY: key, OUT: folder };
      return run(program, rest, { cwd: SAMPLES, env: { ...env, GOCACHE: join(folder, "go") } });
    };
    const { stdout } = await sample(app.appKey);
    assert.deepEqual(JSON.parse(stdout), { code: 0, message: "success", data: { hello: "world" } });
    await assert.rejects(sample("wrong"), ({ stdout }) => JSON.parse(stdout).code === 1002);
  });
}

test("sample.http is a request that is carried out", async () => {
  const { host, hostname, port } = new URL(world.base);
  const timestamp = String(Date.now());
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const sign = sha256(app.appId + timestamp + '{"hello":"world"}' + app.appKey);
  const values = { host, appId: app.appId, timestamp, sign };
  const text = readFileSync(join(SAMPLES, "sample.http"), "utf8").trimEnd();
  const request = text.replaceAll("\n", "\r\n").replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const reply = await new Promise((resolve, reject) => {
    let all = "";
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setEncoding("utf8").on("data", (part) => (all += part));
    socket.on("end", () => resolve(all)).on("error", reject);
  });
  assert.match(reply, /\{"code":0,"message":"success","data":\{"hello":"world"\}\}/);
});

test("the example of the guide is right", () => {
  for (const guide of ["guide.md", "guide.zh-CN.md"]) {
    const text = readFileSync(join(SAMPLES, "..", guide), "utf8");
    const cell = (name) => new RegExp(`\\| (?:${name}) \\| \`([^\`]+)\` \\|`).exec(text)[1];
    const [appId, timestamp, body, appKey] = ["appId", "timestamp", "body|请求体", "appKey"].map((name) =>
      // The first table has texts beside these names, the second their values.
      cell(name),
    );
    const sign = createHash("sha256")
      .update(appId + timestamp + body + appKey)
      .digest("hex");
    assert.equal(cell("sign"), sign, guide);
  }
});

test("the page signs and sends a call, shows refusals, and asks no other host", async () => {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 800 },
  ]) {
    const { page, complaints } = await visitor(world, viewport);
    const others = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(world.base) && !request.url().startsWith("data:")) others.push(request.url());
    });
    await page.goto(`${world.base}/docs`);
    await page.fill("#appId", app.appId);
    await page.fill("#appKey", "wrong");
    const echo = page.locator(".opblock", { hasText: "/api/v3/echo" });
    await echo.locator(".opblock-summary-control").click();
    await echo.locator("text=Try it out").click();
    await echo.locator("button.execute").click();
    await echo.locator('.live-responses-table >> text="code": 1002').waitFor();
    await page.fill("#appKey", app.appKey);
    await echo.locator("button.execute").click();
    await echo.locator('.live-responses-table >> text="code": 0').waitFor();
    await page.click("text=Python");
    await page.waitForSelector("text=import hashlib");
    assert.deepEqual(await faults(page), [], `at ${viewport.width}`);
    await page.click("text=English");
    await page.waitForSelector("text=A first call in five minutes");
    assert.deepEqual([others, complaints], [[], []]);
  }
});
