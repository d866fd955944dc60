// An SOP while it is being written, and how it is told to the server.
import type { Reply, Request } from "../../api/call";
import type { ContentItem } from "../../ui/phone-preview";

export type New = Request<"sops/create">;
export type Change = Request<"sops/edit">;
export type Detail = Reply<"sops/detail">;
export type Mode = New["mode"];
export type Kind = New["kind"];
export type Rule = NonNullable<Detail["rule"]>;
export type Time = New["steps"][number]["time"];

export interface Step {
  /** Only for lists on the screen. */
  key: string;
  /** Which of the SOP's steps it is; null = a new one. */
  stepNo: number | null;
  time: Time;
  content: ContentItem[];
}

export type By = "rule" | "chats" | "owners";

export interface Draft {
  title: string;
  instruction: string;
  mode: Mode;
  kind: Kind;
  by: By;
  rule: Rule;
  follows: boolean;
  chats: { id: string; name: string }[];
  ownerIds: string[];
  steps: Step[];
}

export const NO_RULE: Rule = {
  ownerIds: [],
  departmentIds: [],
  anyTagIds: [],
  allTagIds: [],
  noTagIds: [],
  name: "",
  createdFromMs: null,
  createdUntilMs: null,
  minMembers: null,
  maxMembers: null,
};

/** UTF-8 bytes that WeCom takes in the text of a message. */
export const MAX_TEXT_BYTES = 4000;

let nKeys = 0;
export const newKey = () => `step-${nKeys++}`;

/** Whether steps of this kind count days. */
export const countsDays = (kind: Kind) => kind === "days_since_joining" || kind === "new_groups";

/** The time that a further step gets first: the next day at the same clock. */
export function nextTime(kind: Kind, last: Time | undefined, inAnHourMs: number): Time {
  if (countsDays(kind)) {
    if (last && "dayNo" in last) return { dayNo: last.dayNo + 1, minuteOfDay: last.minuteOfDay };
    return { dayNo: 1, minuteOfDay: 10 * 60 };
  }
  if (last && "atMs" in last) return { atMs: last.atMs + 86_400_000 };
  return { atMs: inAnHourMs };
}

export function emptyDraft(inAnHourMs: number): Draft {
  return {
    title: "",
    instruction: "",
    mode: "assistant",
    kind: "fixed_times",
    by: "rule",
    rule: NO_RULE,
    follows: false,
    chats: [],
    ownerIds: [],
    steps: [
      {
        key: newKey(),
        stepNo: null,
        time: nextTime("fixed_times", undefined, inAnHourMs),
        content: [{ kind: "text", content: "" }],
      },
    ],
  };
}

/** What is to be changed of an SOP that there is. */
export function draftOf(detail: Detail): Draft {
  const { card } = detail;
  return {
    ...emptyDraft(0),
    title: card.title,
    instruction: card.instruction,
    mode: card.mode,
    kind: card.kind,
    by: detail.rule ? "rule" : "chats",
    rule: { ...NO_RULE, ...detail.rule },
    follows: detail.follows,
    steps: detail.steps.map((step) => ({
      key: newKey(),
      stepNo: step.stepNo ?? null,
      time: step.time,
      content: step.content,
    })),
  };
}

function audience(draft: Draft): New["audience"] {
  if (draft.kind === "new_groups") return { kind: "new_groups", rule: draft.rule };
  switch (draft.by) {
    case "rule":
      return { kind: "rule", rule: draft.rule, follows: draft.follows };
    case "chats":
      return { kind: "chats", chatIds: draft.chats.map(({ id }) => id) };
    case "owners":
      return { kind: "owners", ownerIds: draft.ownerIds };
  }
}

const steps = (draft: Draft) => draft.steps.map(({ stepNo, time, content }) => ({ stepNo, time, content }));

export function newSop(draft: Draft, isDraft: boolean): New {
  const { title, instruction, mode, kind } = draft;
  return { title, instruction, mode, kind, audience: audience(draft), steps: steps(draft), isDraft };
}

/** The same groups with one message that is right, to have them counted while the steps are not. */
export function countOnly(draft: Draft, tomorrowMs: number): New {
  const time = countsDays(draft.kind) ? { dayNo: 1, minuteOfDay: 0 } : { atMs: tomorrowMs };
  const content = [{ kind: "text" as const, content: "." }];
  return { ...newSop(draft, true), title: ".", instruction: "", steps: [{ stepNo: null, time, content }] };
}

export function change(id: string, draft: Draft, follows: boolean): Change {
  const rule = follows ? draft.rule : null;
  return { id, title: draft.title, instruction: draft.instruction, steps: steps(draft), rule };
}

/** Whether the audience says anything. */
export function hasAudience(draft: Draft): boolean {
  if (draft.kind === "new_groups") return true;
  if (draft.by === "chats") return draft.chats.length > 0;
  if (draft.by === "owners") return draft.ownerIds.length > 0;
  return Object.values(draft.rule).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null && value !== "",
  );
}
