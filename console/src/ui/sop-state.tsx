import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Reply } from "../api/call";

export type Card = Reply<"sops/list">["rows"][number];

const COLORS: Record<Card["state"], string> = { draft: "default", active: "green", paused: "gold", ended: "blue" };

/** Where an SOP stands. */
export function SopState({ card }: { card: Card }) {
  const { t } = useTranslation();
  return (
    <>
      <Tag color={COLORS[card.state]}>{t(`sops.states.${card.state}`)}</Tag>
      {card.isPlanning && <Tag color="processing">{t("sops.planning")}</Tag>}
    </>
  );
}

/** The states of tasks in the order of their numbers on the wire. */
export const TASK_STATES = ["planned", "handed", "sent", "failed", "expired", "cancelled"] as const;
export type TaskState = (typeof TASK_STATES)[number];
export type Counts = Record<TaskState, number>;

export const TASK_COLORS: Record<TaskState, string> = {
  planned: "#bfbfbf",
  handed: "#1677ff",
  sent: "#389e0d",
  failed: "#cf1322",
  expired: "#d46b08",
  cancelled: "#8c8c8c",
};

const TAG_COLORS: Record<TaskState, string> = {
  planned: "default",
  handed: "blue",
  sent: "green",
  failed: "red",
  expired: "orange",
  cancelled: "default",
};

/** Where a task stands, by its number on the wire. */
export function TaskStateTag({ status }: { status: number }) {
  const { t } = useTranslation();
  const state = TASK_STATES[status] ?? "planned";
  return <Tag color={TAG_COLORS[state]}>{t(`sops.taskStates.${state}`)}</Tag>;
}
