import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Flex } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker, useNavigate } from "react-router";
import { call, CallError } from "../../api/call";
import { useErrorText } from "../../ui/problem";
import { Title } from "../../ui/title";
import { Audience } from "./audience";
import { Basics } from "./basics";
import { faultsOf, type Fault } from "./check";
import { ConfirmChange } from "./confirm-change";
import { change, newSop, type Detail, type Draft } from "./draft";
import { Preflight } from "./preflight";
import { Steps } from "./steps";
import { inAnHour } from ".";

interface Props {
  /** Nothing for a new one. */
  detail: Detail | undefined;
  initial: Draft;
}

export function Editor({ detail, initial }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const { message } = App.useApp();
  const [draft, setDraft] = useState(initial);
  const [times] = useState(() => ({ inAnHourMs: inAnHour(), tomorrowMs: inAnHour() + 86_400_000 }));
  const [dialog, setDialog] = useState<"preflight" | "change">();
  const [error, setError] = useState<unknown>();
  const [faults, setFaults] = useState<Fault[]>([]);
  const [isBusy, setBusy] = useState(false);
  const isSaved = useRef(false);
  const isNew = detail === undefined;
  const follows = detail !== undefined && (detail.follows || detail.card.kind === "new_groups");
  const isDirty = draft !== initial;

  useUnsaved(() => isDirty && !isSaved.current, t("sopEditor.leave"));

  const set = (changes: Partial<Draft>) => {
    setError(undefined);
    setFaults([]);
    setDraft((before) => ({ ...before, ...changes }));
  };
  const faultText = ({ name, ...where }: Fault) => {
    const what = t(`sopEditor.faults.${name}`);
    if (where.item) return t("sopEditor.faultInItem", { ...where, what });
    return where.step ? t("sopEditor.faultInStep", { ...where, what }) : what;
  };
  const texts = error === undefined ? faults.map(faultText) : [errorText(error)];
  const wrong = wrongStep(error, texts[0] ?? "") ?? wrongSteps(faults, faultText);
  const ifRight = (act: () => void) => {
    const found = faultsOf(draft, isNew);
    setError(undefined);
    setFaults(found);
    if (found.length === 0) return act();
    window.scrollTo({ top: 0 });
  };

  const run = async (act: () => Promise<string>, done: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const id = await act();
      isSaved.current = true;
      void message.success(done);
      await queries.invalidateQueries({ queryKey: ["sop"] });
      await queries.invalidateQueries({ queryKey: ["sops"] });
      await navigate(`/sops/${id}`);
    } catch (failure) {
      setError(failure);
      setDialog(undefined);
      window.scrollTo({ top: 0 });
    } finally {
      setBusy(false);
    }
  };
  const make = (isDraft: boolean) =>
    run(
      async () => (await call("sops/create", newSop(draft, isDraft))).id,
      isDraft ? t("sopEditor.kept") : t("sopEditor.started"),
    );
  const save = () =>
    run(async () => {
      const id = detail?.card.id ?? "";
      await call("sops/edit", change(id, draft, follows));
      return id;
    }, t("sopEditor.saved"));

  const buttons = isNew ? (
    <>
      <Button onClick={() => ifRight(() => void make(true))} loading={isBusy && !dialog}>
        {t("sopEditor.keepDraft")}
      </Button>
      <Button type="primary" onClick={() => ifRight(() => setDialog("preflight"))}>
        {t("sopEditor.toPreflight")}
      </Button>
    </>
  ) : (
    <Button type="primary" disabled={!isDirty} onClick={() => ifRight(() => setDialog("change"))}>
      {t("sopEditor.save")}
    </Button>
  );
  return (
    <>
      <Title actions={buttons}>{isNew ? t("sopEditor.new") : t("sopEditor.edit", { title: detail.card.title })}</Title>
      {texts.length > 0 && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 16 }}
          title={texts.map((text) => (
            <div key={text}>{text}</div>
          ))}
        />
      )}
      <Flex vertical gap="middle">
        <Card title={t("sopEditor.part1")}>
          <Basics draft={draft} isNew={isNew} inAnHourMs={times.inAnHourMs} onChange={set} />
        </Card>
        <Card title={t("sopEditor.part2")}>
          <Audience draft={draft} isNew={isNew} tomorrowMs={times.tomorrowMs} onChange={set} />
        </Card>
        <Card title={t("sopEditor.part3")}>
          <Steps draft={draft} inAnHourMs={times.inAnHourMs} wrong={wrong} onChange={set} />
        </Card>
        <Flex gap="small" justify="end">
          {buttons}
        </Flex>
      </Flex>
      {dialog === "preflight" && (
        <Preflight
          sop={newSop(draft, false)}
          isBusy={isBusy}
          onStart={() => void make(false)}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === "change" && detail && (
        <ConfirmChange
          change={change(detail.card.id, draft, follows)}
          isBusy={isBusy}
          onSave={() => void save()}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}

/** The step that a refusal names. */
function wrongStep(error: unknown, text: string): { place: number; text: string } | undefined {
  if (!(error instanceof CallError)) return undefined;
  const place = /step (\d+)/.exec(error.message)?.[1] ?? /^steps\[(\d+)\]/.exec(error.field ?? "")?.[1];
  if (place === undefined) return undefined;
  const isFromZero = !/step \d+/.test(error.message);
  return { place: Number(place) + (isFromZero ? 1 : 0), text };
}

/** The first step that has faults, with the texts of all of its own. */
function wrongSteps(faults: Fault[], textOf: (fault: Fault) => string) {
  const place = faults.find(({ step }) => step)?.step;
  if (place === undefined) return undefined;
  const own = faults.filter(({ step }) => step === place);
  return { place, text: own.map(textOf).join(" ") };
}

/** Asks before what is not saved is left. */
function useUnsaved(isUnsaved: () => boolean, question: string) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => {
    return isUnsaved() && currentLocation.pathname !== nextLocation.pathname;
  });
  const { modal } = App.useApp();
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    void modal.confirm({ title: question, onOk: () => blocker.proceed(), onCancel: () => blocker.reset() });
  }, [blocker, modal, question]);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (isUnsaved()) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  });
}
