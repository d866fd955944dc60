// Without it the date pickers name months and days in English.
import "dayjs/locale/zh-cn";
import { useQuery } from "@tanstack/react-query";
import { Result, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { ErrorNote } from "../../ui/problem";
import { draftOf, emptyDraft } from "./draft";
import { Editor } from "./editor";

const HOUR_MS = 3_600_000;

export function Component() {
  const { sopId } = useParams();
  const { t } = useTranslation();
  const me = useMe().data;
  const detail = useQuery({
    queryKey: ["sop", sopId],
    queryFn: ({ signal }) => call("sops/detail", { id: sopId ?? "" }, signal),
    enabled: sopId !== undefined,
    retry: false,
    // What is being written is not to be replaced.
    staleTime: Infinity,
    refetchOnMount: "always",
  });
  if (!may(me, "plan_sops")) return <Result status="403" title={t("sopEditor.noRight")} />;
  if (detail.isError) return <ErrorNote error={detail.error} again={() => void detail.refetch()} />;
  if (sopId === undefined) return <Editor key="new" detail={undefined} initial={emptyDraft(inAnHour())} />;
  if (!detail.data || detail.isFetching) return <Skeleton active />;
  if (!detail.data.mayChange || detail.data.card.state === "ended") {
    return <Result status="403" title={t("sopEditor.cannotChange")} />;
  }
  return <Editor key={sopId} detail={detail.data} initial={draftOf(detail.data)} />;
}

/** The next full hour but one: nobody is surprised by it while he still writes. */
export function inAnHour(): number {
  return Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS;
}
