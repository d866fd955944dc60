import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { useErrorText } from "../../ui/problem";
import { TryDialog } from "./try";
import type { Detail } from ".";

/** What can be done with an SOP as it stands. */
export function Acts({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const me = useMe().data;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const [busy, setBusy] = useState("");
  const [isTrying, setTrying] = useState(false);
  const { id, state } = detail.card;
  if (!detail.mayChange || !may(me, "plan_sops")) return null;

  const run = async (name: string, act: () => Promise<string>) => {
    setBusy(name);
    try {
      void message.success(await act());
    } catch (error) {
      void message.error(errorText(error));
    } finally {
      setBusy("");
      await queries.invalidateQueries({ queryKey: ["sop", id] });
      await queries.invalidateQueries({ queryKey: ["sops"] });
    }
  };
  const plain = (path: "sops/start" | "sops/pause" | "sops/resume") => async () => {
    await call(path, { id });
    return t("sops.done");
  };
  const end = async () => t("sops.ended", await call("sops/end", { id }));
  const remind = async () => t("sops.reminded", await call("sops/remind", { id }));
  const remove = async () => {
    await call("sops/delete", { id });
    await navigate("/sops");
    return t("sops.deleted");
  };
  const button = (name: string, act: () => Promise<string>, kind: "primary" | "default" = "default") => (
    <Popconfirm
      key={name}
      title={t(`sops.${name}`)}
      description={<div style={{ maxWidth: 280 }}>{t(`sops.${name}Note`)}</div>}
      onConfirm={() => run(name, act)}
    >
      <Button type={kind} danger={name === "end" || name === "delete"} loading={busy === name}>
        {t(`sops.${name}`)}
      </Button>
    </Popconfirm>
  );
  const runs = state === "active" || state === "paused";
  return (
    <>
      {state === "draft" && button("start", plain("sops/start"), "primary")}
      {state === "active" && button("pause", plain("sops/pause"))}
      {state === "paused" && button("resume", plain("sops/resume"), "primary")}
      {state !== "ended" && (
        <Link to={`/sops/${id}/edit`}>
          <Button tabIndex={-1}>{t("sops.edit")}</Button>
        </Link>
      )}
      {state === "active" && (
        <Button loading={busy === "remind"} onClick={() => void run("remind", remind)}>
          {t("sops.remind")}
        </Button>
      )}
      <Button onClick={() => setTrying(true)}>{t("sops.try")}</Button>
      {runs && button("end", end)}
      {!runs && button("delete", remove)}
      {isTrying && <TryDialog detail={detail} onClose={() => setTrying(false)} />}
    </>
  );
}
