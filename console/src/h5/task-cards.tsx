// Tasks by message: what is to be sent once, and to which groups.
import { useState } from "react";
import { Link } from "react-router";
import type { Me, Task } from "./api";
import { Confirm } from "./dialog";
import { useMark } from "./data";
import { useLanguage } from "./language";
import { useErrorText, useSay } from "./parts";
import { byMessage, timeText, type SameMessage } from "./times";

export function TaskCards({ tasks, me, none }: { tasks: Task[]; me: Me; none: string }) {
  if (tasks.length === 0) return <p className="empty">{none}</p>;
  return byMessage(tasks).map((same) => <Card key={same[0].id} tasks={same} me={me} />);
}

function Card({ tasks, me }: { tasks: SameMessage; me: Me }) {
  const { t, language } = useLanguage();
  const { title, instruction } = tasks[0];
  const time = (ms: number) => timeText(ms, me.nowMs, me.zone, language);
  const open = tasks.filter((task) => task.state === "handed");
  return (
    <section className="card">
      <h2>{title}</h2>
      {instruction && <p className="note">{instruction}</p>}
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <Link to={`/task/${task.id}`}>
              <span className="name">{task.groupName}</span>
              <span className="when">
                {task.state === "handed"
                  ? t.due(time(task.dueAtMs))
                  : `${t.states[task.state]} · ${time(task.finishedAtMs ?? task.dueAtMs)}`}
                {task.reason && <span className="reason">{task.reason}</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {open.length > 1 && <AllSent title={title} tasks={open} />}
    </section>
  );
}

/** For a message that was sent to all of its groups in one go. */
function AllSent({ title, tasks }: { title: string; tasks: Task[] }) {
  const { t } = useLanguage();
  const [isAsking, setIsAsking] = useState(false);
  const mark = useMark();
  const say = useSay();
  const errorText = useErrorText();
  const send = () => {
    const taskIds = tasks.map((task) => task.id);
    mark.mutate(
      { taskIds, outcome: { outcome: "sent" } },
      { onSuccess: () => say(t.marked), onError: (error) => say(errorText(error)) },
    );
  };
  return (
    <>
      <button type="button" disabled={mark.isPending} onClick={() => setIsAsking(true)}>
        {t.markAllSent(tasks.length)}
      </button>
      {isAsking && <Confirm ask={t.markAllAsk(title, tasks.length)} onYes={send} onClose={() => setIsAsking(false)} />}
    </>
  );
}
