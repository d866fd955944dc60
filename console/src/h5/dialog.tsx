import { useEffect, useId, useRef, type ReactNode } from "react";
import { useTexts } from "./language";

/** Asks whether it is really so. */
export function Confirm({ ask, onYes, onClose }: { ask: string; onYes: () => void; onClose: () => void }) {
  const t = useTexts();
  return (
    <Dialog title={ask} onClose={onClose}>
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {t.cancel}
        </button>
        <button
          type="button"
          className="main"
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {t.really}
        </button>
      </div>
    </Dialog>
  );
}

/** Asks something at the foot of the page, over all else. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
