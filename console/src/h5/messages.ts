// Items of a task as WeCom's page functions take them.
import type {
  LinkMessage,
  MiniprogramMessage,
  SendChatMessage,
  ShareToExternalAttachment,
  ShareToExternalCompleteParams,
} from "@wecom/jssdk";
import { medium, type Card, type Item, type WithFile } from "./api";

/** WeCom's page 93555: one text of so many characters, and so many attachments. */
const MAX_TEXT = 4000;
const MAX_ATTACHMENTS = 9;

async function cover(taskId: string, card: Card): Promise<string> {
  return card.cover ? (await medium(taskId, card.cover.id)).medium : card.coverUrl;
}

/** For sendChatMessage. */
export async function chatMessage(taskId: string, item: Item): Promise<SendChatMessage> {
  switch (item.kind) {
    case "text":
      return { msgtype: "text", text: { content: item.content } };
    case "link":
    case "marketing": {
      const { title, url, summary } = item.card;
      const imgUrl = await cover(taskId, item.card);
      return { msgtype: "news", news: { link: url, title, desc: summary, imgUrl } };
    }
    default:
      return fileMessage(taskId, item);
  }
}

/** For openExistedChatWithMsg. */
export async function linkMessage(taskId: string, card: Card): Promise<LinkMessage> {
  const { title, url, summary } = card;
  return { msgtype: "link", link: { title, url, desc: summary, imgUrl: await cover(taskId, card) } };
}

/** Whether the mass-send assistant takes all of it at once. */
export function canBeShared(items: Item[]): boolean {
  const texts = items.filter((item) => item.kind === "text");
  const fits = texts.every((item) => item.content.length <= MAX_TEXT);
  return texts.length <= 1 && fits && items.length - texts.length <= MAX_ATTACHMENTS;
}

/** For shareToExternalChat, which takes what `canBeShared` allows. */
export async function shared(taskId: string, items: Item[]): Promise<ShareToExternalCompleteParams> {
  const text = items.find((item) => item.kind === "text");
  const attachments: ShareToExternalAttachment[] = [];
  for (const item of items) {
    if (item.kind === "link" || item.kind === "marketing") attachments.push(await linkMessage(taskId, item.card));
    else if (item.kind !== "text") attachments.push(await fileMessage(taskId, item));
  }
  return { ...(text ? { text: { content: text.content } } : {}), attachments };
}

type FileMessage = Extract<ShareToExternalAttachment, SendChatMessage> | MiniprogramMessage;

/** The same for all of them. */
async function fileMessage(taskId: string, item: WithFile): Promise<FileMessage> {
  if (item.kind === "mini_program") {
    const { medium: imgUrl } = await medium(taskId, item.cover.id);
    // WeCom wants the ending.
    const page = item.page.includes(".html") ? item.page : item.page.replace(/(?=\?|$)/, ".html");
    return { msgtype: "miniprogram", miniprogram: { appid: item.appId, title: item.title, imgUrl, page } };
  }
  const { medium: mediaid } = await medium(taskId, item.file.id);
  switch (item.kind) {
    case "image":
      return { msgtype: "image", image: { mediaid } };
    case "video":
      return { msgtype: "video", video: { mediaid } };
    case "file":
      return { msgtype: "file", file: { mediaid } };
  }
}
