// One message to one group: what to send, how to get it there, and what became of it.
import { useState } from "react";
import { useParams, Link } from "react-router";
import { type Content, type Me } from "./api";
import { useContent, useMe, usePlace } from "./data";
import { ItemView } from "./item";
import { useLanguage, useTexts } from "./language";
import { MarkBar } from "./mark-bar";
import { useDone } from "./done";
import { Loading, Problem } from "./parts";
import { useSentItems } from "./sent-items";
import { timeText } from "./times";
import { ToGroup } from "./to-group";
import type { Place } from "./wecom";

export default function TaskPage() {
  const t = useTexts();
  const { id } = useParams();
  const [me, content, place] = [useMe(), useContent(id ?? ""), usePlace()];
  const failed = [me, content].find((asked) => asked.isLoadingError);
  const back = <Link to={place.data?.at === "group" ? "/group" : "/"}>‹ {t.back}</Link>;
  if (failed) {
    return (
      <>
        <header>
          {back}
          <h1>{t.title}</h1>
        </header>
        <main>
          <Problem error={failed.error} retry={() => void failed.refetch()} />
        </main>
      </>
    );
  }
  if (!me.data || !content.data) {
    return (
      <main>
        <Loading />
      </main>
    );
  }
  return (
    <>
      <header>
        {back}
        <h1>{content.data.task.groupName}</h1>
      </header>
      {/* Its own for each task: what was sent of one says nothing of the next. */}
      <Task key={content.data.task.id} me={me.data} of={content.data} place={place.data} problem={place.error} />
    </>
  );
}

interface Shown {
  me: Me;
  of: Content;
  /** Nothing while WeCom is asked. */
  place: Place | undefined;
  problem: Error | null;
}

/** All buttons and links of a task help to send it. */
const isButton = (target: EventTarget) => target instanceof Element && target.closest("button, a") !== null;

function Task({ me, of: { task, content }, place, problem }: Shown) {
  const { t, language } = useLanguage();
  const items = useSentItems(task.id);
  const done = useDone(task, place);
  const sent = (at: number) => {
    if (items.add(at) === content.length) done.done({ outcome: "sent" }, t.allSent);
  };
  const [isTouched, setIsTouched] = useState(items.sent.length > 0);
  const isOpen = task.state === "handed";
  const isHere = place?.at === "group" && place.chatId === task.chatId;
  // Where WeCom does not help, one's hands do.
  const byHand = problem || place?.at === "browser" ? "copy" : place ? "open" : "look";
  const time = timeText(isOpen ? task.dueAtMs : (task.finishedAtMs ?? task.dueAtMs), me.nowMs, me.zone, language);
  return (
    <>
      <main className="task" onClick={(event) => setIsTouched(isTouched || isButton(event.target))}>
        <p className="about">
          <strong>{task.title}</strong>
          <span className={`state ${task.state}`}>
            {isOpen ? t.due(time) : `${t.states[task.state]} · ${time}`}
            {task.reason && ` · ${task.reason}`}
          </span>
        </p>
        {task.instruction && (
          <p className="note">
            {t.note}：{task.instruction}
          </p>
        )}
        {isOpen && <ToGroup task={task} content={content} place={place} problem={problem} />}
        <h2>{t.content}</h2>
        <ol className="items">
          {content.map((item, at) => (
            <li key={at}>
              <ItemView
                item={item}
                task={task}
                label={t.nOf(at + 1, content.length)}
                way={!isOpen ? "look" : isHere ? "send" : byHand}
                isSent={items.sent.includes(at)}
                onSent={() => sent(at)}
              />
            </li>
          ))}
        </ol>
      </main>
      <MarkBar task={task} marksItself={isHere} isTouched={isTouched} {...done} />
    </>
  );
}
