// What can be said to be wrong with an SOP before the server is asked; the server says the rest.
import { nBytes } from "../../ui/bytes";
import type { ContentItem } from "../../ui/phone-preview";
import { hasAudience, MAX_TEXT_BYTES, type Draft } from "./draft";

/** A fault; its text is `sopEditor.faults.` and the name. */
export interface Fault {
  name: string;
  /** The step it is in, from 1. */
  step?: number;
  /** The item of the step, from 1. */
  item?: number;
}

/** WeCom takes so many pictures, links and so on beside the text. */
const MAX_ATTACHMENTS = 9;

export function faultsOf(draft: Draft, isNew: boolean): Fault[] {
  const found: Fault[] = [];
  if (draft.title.trim() === "") found.push({ name: "noTitle" });
  if (isNew && !hasAudience(draft)) found.push({ name: "noAudience" });
  draft.steps.forEach(({ content }, at) => {
    const step = at + 1;
    if (content.length === 0) found.push({ name: "noContent", step });
    if (content.filter(({ kind }) => kind !== "text").length > MAX_ATTACHMENTS) found.push({ name: "tooMany", step });
    content.forEach((item, place) => {
      const name = faultOf(item);
      if (name) found.push({ name, step, item: place + 1 });
    });
  });
  return found;
}

function faultOf(item: ContentItem): string | undefined {
  switch (item.kind) {
    case "text":
      if (item.content.trim() === "") return "noText";
      return nBytes(item.content) > MAX_TEXT_BYTES ? "longText" : undefined;
    case "link":
      if (item.card.title.trim() === "") return "noLinkTitle";
      return isWebAddress(item.card.url) ? undefined : "noAddress";
    case "image":
    case "video":
    case "file":
      return item.file.id ? undefined : "noFile";
    case "mini_program":
      if (item.title.trim() === "" || item.appId === "" || item.page === "") return "miniProgram";
      return item.cover.id ? undefined : "noCover";
    case "marketing":
      return item.materialId ? undefined : "noMaterial";
  }
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//i.test(text);
}
