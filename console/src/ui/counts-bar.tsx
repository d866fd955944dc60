import { Flex } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { TASK_COLORS, TASK_STATES, type Counts, type TaskState } from "./sop-state";

const sum = (counts: Counts) => TASK_STATES.reduce((all, state) => all + counts[state], 0);

/** Tasks by state: a bar of their shares, and their numbers, each of which may be a link. */
export function CountsBar({ counts, link }: { counts: Counts; link?: (state: TaskState, text: string) => ReactNode }) {
  const { t } = useTranslation();
  const total = sum(counts);
  const present = TASK_STATES.filter((state) => counts[state] > 0);
  return (
    <div>
      <div className="counts-bar" aria-hidden="true">
        {present.map((state) => (
          <span key={state} style={{ width: `${(counts[state] / total) * 100}%`, background: TASK_COLORS[state] }} />
        ))}
      </div>
      <Flex wrap gap="small">
        {present.map((state) => {
          const text = `${t(`sops.taskStates.${state}`)} ${counts[state]}`;
          return (
            <span key={state} className="one-line">
              <span className="dot" style={{ background: TASK_COLORS[state] }} aria-hidden="true" />
              {link ? link(state, text) : text}
            </span>
          );
        })}
        {total === 0 && <span>{t("sops.noTasks")}</span>}
      </Flex>
    </div>
  );
}

/** The same as small as a cell of a table. */
export function CountsCell({ counts }: { counts: Counts }) {
  const { t } = useTranslation();
  const total = sum(counts);
  if (total === 0) return null;
  const done = counts.sent;
  return (
    <span
      className="one-line"
      title={TASK_STATES.map((state) => `${t(`sops.taskStates.${state}`)} ${counts[state]}`).join("，")}
    >
      {done} / {total}
    </span>
  );
}
