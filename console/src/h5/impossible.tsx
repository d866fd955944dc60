import { useState } from "react";
import { Dialog } from "./dialog";
import { useTexts } from "./language";

/** WeCom has no limit for it; the server's is this. */
const MAX_REASON = 200;

/** Asks why a task is impossible: a usual reason with one tap, or one's own words. */
export function WhyImpossible({ onReason, onClose }: { onReason: (reason: string) => void; onClose: () => void }) {
  const t = useTexts();
  const [own, setOwn] = useState<string | null>(null);
  const [isMissing, setIsMissing] = useState(false);
  const send = () => {
    const reason = own?.trim() ?? "";
    if (reason) onReason(reason);
    else setIsMissing(true);
  };
  return (
    <Dialog title={t.why} onClose={onClose}>
      <div className="choices">
        {t.reasons.map((reason) => (
          <button key={reason} type="button" onClick={() => onReason(reason)}>
            {reason}
          </button>
        ))}
        {own === null && (
          <button type="button" onClick={() => setOwn("")}>
            {t.otherReason}
          </button>
        )}
      </div>
      {own !== null && (
        <label>
          {t.otherReason}
          <textarea
            autoFocus
            rows={3}
            maxLength={MAX_REASON}
            value={own}
            aria-invalid={isMissing}
            onChange={(event) => setOwn(event.target.value)}
          />
          {isMissing && <span role="alert">{t.reasonNeeded}</span>}
        </label>
      )}
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {t.cancel}
        </button>
        {own !== null && (
          <button type="button" className="main" onClick={send}>
            {t.really}
          </button>
        )}
      </div>
    </Dialog>
  );
}
