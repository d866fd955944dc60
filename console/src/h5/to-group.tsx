// From a notice: into the group, or through the mass-send assistant.
import type { Item, Task } from "./api";
import { useStillOpen } from "./data";
import { useTexts } from "./language";
import { canBeShared, shared } from "./messages";
import { useErrorText } from "./parts";
import { openGroup, share, type Place } from "./wecom";
import { useWork } from "./work";

interface Shown {
  task: Task;
  content: Item[];
  place: Place | undefined;
  problem: Error | null;
}

export function ToGroup({ task, content, place, problem }: Shown) {
  const t = useTexts();
  const errorText = useErrorText();
  const { isBusy, run } = useWork();
  const checkIsOpen = useStillOpen(task.id);
  const handOver = async () => {
    await checkIsOpen();
    await share(task.chatId, await shared(task.id, content));
  };
  if (problem) return <p className="problem">{errorText(problem)}</p>;
  const isElsewhere = place?.at === "wecom" || (place?.at === "group" && place.chatId !== task.chatId);
  if (!isElsewhere) return null;
  return (
    <section className="to-group">
      <button type="button" className="main" disabled={isBusy} onClick={() => void run(() => openGroup(task.chatId))}>
        {t.openGroup}
      </button>
      <p className="hint">{t.inGroupNote}</p>
      {canBeShared(content) && (
        <>
          <button type="button" disabled={isBusy} onClick={() => void run(handOver)}>
            {t.share}
          </button>
          <p className="hint">{t.shareNote}</p>
        </>
      )}
    </section>
  );
}
