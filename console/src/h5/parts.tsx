// Small things that several pages show.
import { createContext, use, useRef, useState, type ReactNode } from "react";
import { CallError } from "../http";
import { Ended } from "./data";
import { useTexts, useLanguage } from "./language";
import { isSignedOut } from "./session";
import { WeComError } from "./wecom";

export function useErrorText() {
  const { t, language } = useLanguage();
  return (error: unknown): string => {
    if (error instanceof WeComError) return error.text(t);
    if (error instanceof Ended) return t.ended;
    if (!(error instanceof CallError)) return t.failed;
    const isOfNoTask = error.status === 404 || error.field === "taskId";
    return isOfNoTask ? t.notThere : error.text(language);
  };
}

/** Why something cannot be shown, with another try. While WeCom is asked who one is, nothing is wrong. */
export function Problem({ error, retry }: { error: unknown; retry: () => void }) {
  const t = useTexts();
  const text = useErrorText();
  if (isSignedOut(error)) return <Loading />;
  return (
    <div className="problem" role="alert">
      <p>{text(error)}</p>
      <button type="button" onClick={retry}>
        {t.retry}
      </button>
    </div>
  );
}

/** Instead of a page that cannot be drawn. */
export function Broken() {
  return (
    <main>
      <Problem error={null} retry={() => location.reload()} />
    </main>
  );
}

export function Loading() {
  return (
    <p className="empty" role="status">
      {useTexts().loading}
    </p>
  );
}

const Say = createContext<(text: string) => void>(() => undefined);

/** Tells in a line at the foot what a tap did. */
export const useSay = () => use(Say);

const TOLD_MS = 4_000;

export function Told({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  const timer = useRef(0);
  const say = (next: string) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setText(""), TOLD_MS);
  };
  return (
    <Say value={say}>
      {children}
      <div className="told" role="status">
        {text}
      </div>
    </Say>
  );
}

/** Copies a text, also where the page may not use the clipboard; whether that went well. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    // Older browsers inside WeCom have nothing else.
    const went = document.execCommand("copy");
    area.remove();
    return went;
  }
}
