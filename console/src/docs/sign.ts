import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** An app of the open API. Kept in the memory of this page alone. */
export interface App {
  appId: string;
  appKey: string;
}

/** The three headers of a call with this body. (Browsers sign by themselves only on https and localhost.) */
export function signed({ appId, appKey }: App, body: string, nowMs: number) {
  const timestamp = String(nowMs);
  const sign = bytesToHex(sha256(utf8ToBytes(appId + timestamp + body + appKey)));
  return { appId, timestamp, sign };
}
