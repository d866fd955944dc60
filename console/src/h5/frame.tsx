import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { signOut } from "./api";
import { useMe } from "./data";
import { useLanguage } from "./language";
import { useWork } from "./work";

/** A list with who is signed in above it, and what concerns the whole below. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { isBusy, run } = useWork();
  const leave = () =>
    run(async () => {
      await signOut();
      queries.clear();
      void navigate("/sign-in");
    });
  return (
    <>
      <header>
        <h1>{title}</h1>
        {me.data && (
          <span className="who">
            {me.data.name} · {me.data.company}
          </span>
        )}
      </header>
      <main>{children}</main>
      <footer>
        <OtherLanguage />
        {me.data && (
          <button type="button" className="plain" disabled={isBusy} onClick={() => void leave()}>
            {t.signOut}
          </button>
        )}
      </footer>
    </>
  );
}

export function OtherLanguage() {
  const { t, language, choose } = useLanguage();
  const other = language === "en" ? "zh-CN" : "en";
  return (
    <button type="button" className="plain" lang={other} onClick={() => choose(other)}>
      {t.other}
    </button>
  );
}
