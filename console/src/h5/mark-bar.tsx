import { useState } from "react";
import type { Outcome, Task } from "./api";
import { WhyImpossible } from "./impossible";
import { useTexts } from "./language";

interface Marking {
  task: Task;
  isPending: boolean;
  done: (outcome: Outcome, told: string) => void;
}

/** At the foot of a task, where the thumb is: what became of it. */
export function MarkBar({ task, isPending, done }: Marking) {
  const t = useTexts();
  const [isAsking, setIsAsking] = useState(false);
  const isOpen = task.state === "handed";
  if (!isOpen && task.state !== "expired") return null;
  return (
    <footer className="bar">
      {isOpen && (
        <button type="button" disabled={isPending} onClick={() => setIsAsking(true)}>
          {t.impossible}
        </button>
      )}
      <button type="button" className="main" disabled={isPending} onClick={() => done({ outcome: "sent" }, t.marked)}>
        {isOpen ? t.markSent : t.wasSentAfterAll}
      </button>
      {isAsking && (
        <WhyImpossible
          onClose={() => setIsAsking(false)}
          onReason={(reason) => {
            setIsAsking(false);
            done({ outcome: "impossible", reason }, t.markedImpossible);
          }}
        />
      )}
    </footer>
  );
}
