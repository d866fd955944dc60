// What WeCom's own browser can do for a page: say in which group it is, send into it, open another one. The rules stand
// in WeCom's pages 98419 (getContext), 96996 (getCurExternalChat), 98539 (sendChatMessage).
import type * as Sdk from "@wecom/jssdk";
import { CallError } from "../http";
import * as api from "./api";
import type { Texts } from "./texts";

export const isInWeCom = /wxwork/i.test(navigator.userAgent);

/** Where the page was opened: in any browser, in WeCom, or in the tool bar of a customer group. */
export type Place = { at: "browser" } | { at: "wecom" } | { at: "group"; chatId: string };

/** A function of WeCom did not do what it was asked for. */
export class WeComError extends Error {
  constructor(
    readonly kind: "other_group" | "no_permission" | "too_old" | "no_context" | "said",
    message: string,
  ) {
    super(message);
  }

  text(t: Texts): string {
    const known = {
      other_group: t.otherGroup,
      no_permission: t.noPermission,
      too_old: t.tooOld,
      no_context: t.noContext,
      said: t.wecomSays(this.message),
    };
    return known[this.kind];
  }
}

/** Whoever uses it thought better of it, which is no error. */
export class Cancelled extends Error {}

const SILENT_MS = 8_000;

let ready: Promise<typeof Sdk> | undefined;

function sdk(): Promise<typeof Sdk> {
  ready ??= start().catch((error: unknown) => {
    ready = undefined;
    throw error;
  });
  return ready;
}

async function start(): Promise<typeof Sdk> {
  const ww = await import("@wecom/jssdk");
  const proofs = new Map<string, Promise<api.Proof>>();
  // One proof holds both signatures of an address.
  const proof = (url: string) => {
    const known = proofs.get(url) ?? api.proof(url);
    proofs.set(url, known);
    known.catch(() => proofs.delete(url));
    return known;
  };
  const { corpId, agentId } = await proof(location.href.replace(/#.*/, ""));
  ww.register({
    corpId,
    agentId,
    jsApiList: ["getContext", "getCurExternalChat", "sendChatMessage", "openExistedChatWithMsg", "shareToExternalChat"],
    getConfigSignature: proof,
    getAgentConfigSignature: async (url) => {
      const { agentSignature, ...of } = await proof(url);
      return { ...of, signature: agentSignature };
    },
  });
  return ww;
}

/** The SDK throws errors of its own, and what WeCom answered as an object: "sendChatMessage:no permission". */
function meant(error: unknown): Error {
  if (error instanceof CallError) return error;
  const { errMsg } = error as { errMsg?: unknown };
  if (typeof errMsg !== "string") return error instanceof Error ? error : new WeComError("said", String(error));
  const said = errMsg.slice(errMsg.indexOf(":") + 1);
  if (said.includes("cancel")) return new Cancelled(said);
  if (said.includes("permission") || said.includes("allow list")) return new WeComError("no_permission", said);
  if (said.includes("not exist") || said.includes("not support")) return new WeComError("too_old", said);
  if (said.includes("without context")) return new WeComError("no_context", said);
  return new WeComError("said", said);
}

async function asked<T>(work: (ww: typeof Sdk) => Promise<T>): Promise<T> {
  try {
    return await work(await sdk());
  } catch (error) {
    throw meant(error);
  }
}

export async function place(): Promise<Place> {
  return isInWeCom ? Promise.race([placeInWeCom(), silence()]) : { at: "browser" };
}

async function placeInWeCom(): Promise<Place> {
  const { entry } = await asked((ww) => ww.getContext());
  if (entry !== "group_chat_tools") return { at: "wecom" };
  return { at: "group", chatId: await currentChat() };
}

/** The SDK waits for an app that does not answer for ever; people do not. */
function silence(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new WeComError("too_old", "no answer")), SILENT_MS);
  });
}

async function currentChat(): Promise<string> {
  const { chatId } = await asked((ww) => ww.getCurExternalChat());
  return chatId;
}

/** Sends one message into the group in whose tool bar the page is; nothing when that is not `chatId`. */
export async function sendToGroup(chatId: string, message: Sdk.SendChatMessage) {
  // On a computer the page may stay while another chat is opened.
  if ((await currentChat()) !== chatId) throw new WeComError("other_group", "another group is open");
  await asked((ww) => ww.sendChatMessage(message));
}

/** Opens a group's chat, and offers to send it a link. */
export async function openGroup(chatId: string, msg?: Sdk.LinkMessage) {
  await asked((ww) => ww.openExistedChatWithMsg(msg ? { chatId, msg } : { chatId }));
}

/** Hands everything to the mass-send assistant, for one group. */
export async function share(chatId: string, message: Sdk.ShareToExternalCompleteParams) {
  await asked((ww) => ww.shareToExternalChat({ chatIds: [chatId], ...message }));
}
