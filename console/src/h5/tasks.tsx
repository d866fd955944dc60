// All tasks of whoever is signed in, or those of one notice.
import { useEffect } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { MAX_TASKS } from "./api";
import { useMe, useTasks } from "./data";
import { Frame } from "./frame";
import { useTexts } from "./language";
import { Loading, Problem } from "./parts";
import { goAndSignIn } from "./session";
import { TaskCards } from "./task-cards";
import { byDay } from "./times";

const TABS = ["today", "overdue", "done"] as const;
type Tab = (typeof TABS)[number];

export default function TasksPage() {
  const t = useTexts();
  const { companyId, noticeId } = useParams();
  const [query, setQuery] = useSearchParams();
  const me = useMe();
  const isOther = companyId !== undefined && me.data !== undefined && me.data.companyId !== companyId;
  useEffect(() => {
    if (isOther) goAndSignIn(companyId);
  }, [isOther, companyId]);
  const chosen = TABS.find((tab) => tab === query.get("tab"));
  const open = useTasks("open", null);
  const done = useTasks("done", null, chosen === "done");
  const failed = [me, open, ...(chosen === "done" ? [done] : [])].find((asked) => asked.isLoadingError);
  if (failed) {
    return (
      <Frame title={t.title}>
        <Problem error={failed.error} retry={() => void failed.refetch()} />
      </Frame>
    );
  }
  if (!me.data || !open.data || isOther) {
    return (
      <Frame title={t.title}>
        <Loading />
      </Frame>
    );
  }
  const ofNotice = <T extends { noticeId: string }>(tasks: T[]) =>
    noticeId === undefined ? tasks : tasks.filter((task) => task.noticeId === noticeId);
  const { today, overdue } = byDay(ofNotice(open.data), me.data.nowMs, me.data.zone);
  // What waits comes first.
  const tab: Tab = chosen ?? (today.length === 0 && overdue.length > 0 ? "overdue" : "today");
  const shown = { today, overdue, done: done.data && ofNotice(done.data) }[tab];
  const none = { today: t.noneToday, overdue: t.noneOverdue, done: t.noneDone }[tab];
  const counts = { today: today.length, overdue: overdue.length, done: null };
  return (
    <Frame title={t.title}>
      {noticeId !== undefined && (
        <p className="of-notice">
          {t.ofNotice} <Link to="/">{t.all}</Link>
        </p>
      )}
      <nav className="tabs" aria-label={t.title}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            aria-current={name === tab}
            onClick={() => setQuery({ tab: name }, { replace: true })}
          >
            {t[name]}
            {counts[name] !== null && counts[name] > 0 && <span className={`count ${name}`}>{counts[name]}</span>}
          </button>
        ))}
      </nav>
      {shown ? <TaskCards tasks={shown} me={me.data} none={none} /> : <Loading />}
      {shown && shown.length >= MAX_TASKS && <p className="empty">{t.tooMany(MAX_TASKS)}</p>}
    </Frame>
  );
}
