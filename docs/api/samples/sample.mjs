// Node 18 or newer, without packages.
import { createHash } from "node:crypto";

const { SIYU_URL, APP_ID, APP_KEY } = process.env;
const body = JSON.stringify({ hello: "world" });
const timestamp = String(Date.now());
const sign = createHash("sha256").update(APP_ID + timestamp + body + APP_KEY).digest("hex");
const response = await fetch(`${SIYU_URL}/api/v3/echo`, {
  method: "POST",
  headers: { "content-type": "application/json", appId: APP_ID, timestamp, sign },
  body,
});
const text = await response.text();
console.log(text);
if (JSON.parse(text).code !== 0) process.exit(1);
