import { useState } from "react";
import type { Outcome, Task } from "./api";
import { Confirm } from "./dialog";
import { WhyImpossible } from "./impossible";
import { useTexts } from "./language";

interface Marking {
  task: Task;
  /** Whether items are sent from the page, and the last one marks the task by itself. */
  marksItself: boolean;
  /** Whether something was copied or sent from the page. */
  isTouched: boolean;
  isPending: boolean;
  done: (outcome: Outcome, told: string) => void;
}

/** At the foot of a task, where the thumb is: what became of it. */
export function MarkBar({ task, marksItself, isTouched, isPending, done }: Marking) {
  const t = useTexts();
  const [asks, setAsks] = useState<"why" | "really" | null>(null);
  const close = () => setAsks(null);
  // A mark cannot be taken back, and a thumb slips.
  const sent = () => done({ outcome: "sent" }, t.marked);
  const isOpen = task.state === "handed";
  if (!isOpen && task.state !== "expired") return null;
  return (
    <footer className="bar">
      {isOpen && (
        <button type="button" disabled={isPending} onClick={() => setAsks("why")}>
          {t.impossible}
        </button>
      )}
      <button
        type="button"
        className={marksItself ? "" : "main"}
        disabled={isPending}
        onClick={() => (isTouched ? sent() : setAsks("really"))}
      >
        {isOpen ? t.markSent : t.wasSentAfterAll}
      </button>
      {asks === "really" && <Confirm ask={t.markUntouchedAsk} onYes={sent} onClose={close} />}
      {asks === "why" && (
        <WhyImpossible
          onClose={close}
          onReason={(reason) => {
            close();
            done({ outcome: "impossible", reason }, t.markedImpossible);
          }}
        />
      )}
    </footer>
  );
}
