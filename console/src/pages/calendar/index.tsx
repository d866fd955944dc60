import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { TASK_STATES, TASK_COLORS, type TaskState } from "../../ui/sop-state";
import { useListState } from "../../ui/list-state";
import { daysOf, Month } from "../../ui/month";
import { ErrorNote } from "../../ui/problem";
import { momentsOf, timeText, useToday } from "../../ui/time";
import { Title } from "../../ui/title";

type Entry = Reply<"calendar/list">["rows"][number];

/** Everything that is planned and was sent, a month at a time. */
export function Component() {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const { filters, change } = useListState(["month"] as const);
  const today = useToday(zone);
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(filters.month) ? filters.month : today.slice(0, 7);
  const days = daysOf(month);
  const span = {
    fromMs: momentsOf(days[0] ?? today, zone).fromMs,
    untilMs: momentsOf(days.at(-1) ?? today, zone).toMs + 1,
  };
  const entries = useQuery({
    queryKey: ["calendar", span],
    queryFn: ({ signal }) => call("calendar/list", span, signal),
    placeholderData: keepPreviousData,
  });
  if (entries.isError) return <ErrorNote error={entries.error} again={() => void entries.refetch()} />;
  if (!entries.data) return <Skeleton active />;
  const { rows } = entries.data;
  return (
    <>
      <Title>{t("nav.calendar")}</Title>
      <Month
        month={month}
        today={today}
        onChange={(month) => change({ month })}
        render={(date) => {
          const ofDay = rows.filter((row) => row.date === date);
          return ofDay.length === 0 ? null : ofDay.map((row) => <Item key={row.sop.id} entry={row} zone={zone} />);
        }}
      />
      {rows.length === 0 && <Alert style={{ marginTop: 16 }} title={t("calendar.nothing")} />}
    </>
  );
}

/** The state that an operator has to know of first. */
const TELLING: TaskState[] = ["failed", "expired", "handed", "planned", "sent", "cancelled"];

function Item({ entry, zone }: { entry: Entry; zone: string }) {
  const { t } = useTranslation();
  const { counts, sop } = entry;
  const state = TELLING.find((name) => counts[name] > 0) ?? "planned";
  const present = TASK_STATES.filter((name) => counts[name] > 0);
  const numbers = present.map((name) => `${t(`sops.taskStates.${name}`)} ${counts[name]}`).join("，");
  const total = present.reduce((sum, name) => sum + counts[name], 0) - counts.cancelled;
  return (
    <Link
      to={`/sops/${sop.id}`}
      className="month-item"
      style={{ borderColor: TASK_COLORS[state] }}
      title={`${sop.title}\n${numbers}`}
    >
      {timeText(entry.firstDueAtMs, zone).slice(11)} {sop.title}
      <br />
      {total === 0 ? t("sops.taskStates.cancelled") : t("calendar.sentOf", { sent: counts.sent, total })}
    </Link>
  );
}
