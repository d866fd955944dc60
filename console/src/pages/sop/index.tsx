import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Space, Tabs, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { call, type Reply } from "../../api/call";
import ExportDialog from "../../ui/export-dialog";
import { isNotThere, NotThere } from "../../ui/not-there";
import { ErrorNote } from "../../ui/problem";
import { SopState } from "../../ui/sop-state";
import { Title } from "../../ui/title";
import { Acts } from "./acts";
import { Content } from "./content";
import { History } from "./history";
import { ProgressTab } from "./progress";
import { Tasks } from "./tasks";

export type Detail = Reply<"sops/detail">;

const LOOK_EVERY_MS = 4_000;

export function Component() {
  const { sopId = "" } = useParams();
  const { t, i18n } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [isExporting, setExporting] = useState(false);
  const detail = useQuery({
    queryKey: ["sop", sopId],
    queryFn: ({ signal }) => call("sops/detail", { id: sopId }, signal),
    refetchInterval: (query) => (query.state.data?.card.isPlanning ? LOOK_EVERY_MS : false),
    retry: false,
  });
  const progress = useQuery({
    queryKey: ["sop", sopId, "progress"],
    queryFn: ({ signal }) => call("sops/progress", { id: sopId }, signal),
    refetchInterval: (query) => {
      const card = query.state.data?.card;
      return card && (card.state === "active" || card.isPlanning) ? LOOK_EVERY_MS : false;
    },
    retry: false,
  });
  if (isNotThere(detail.error)) {
    return <NotThere title={t("sops.notFound")} list="/sops" back={t("sops.back")} />;
  }
  if (detail.isError) return <ErrorNote error={detail.error} again={() => void detail.refetch()} />;
  if (!detail.data) return <Skeleton active />;

  const { card } = detail.data;
  const tabs = [
    {
      key: "progress",
      label: t("sops.tabs.progress"),
      children: <ProgressTab id={sopId} progress={progress} />,
    },
    { key: "content", label: t("sops.tabs.content"), children: <Content detail={detail.data} /> },
    { key: "tasks", label: t("sops.tabs.tasks"), children: <Tasks detail={detail.data} progress={progress.data} /> },
    { key: "acts", label: t("sops.tabs.acts"), children: <History detail={detail.data} /> },
  ];
  const tab = tabs.find(({ key }) => key === params.get("tab"))?.key ?? "progress";
  const language = i18n.language.startsWith("zh") ? "zh" : "en";
  return (
    <>
      <Title
        actions={
          <>
            <Acts detail={detail.data} />
            <Button onClick={() => setExporting(true)}>{t("sops.export")}</Button>
          </>
        }
      >
        {card.title}
      </Title>
      <Space wrap style={{ marginBottom: 8 }}>
        <SopState card={card} />
        <span>{t(`sops.kinds.${card.kind}`)}</span>
        <span>{t(`sops.modes.${card.mode}`)}</span>
      </Space>
      {card.instruction && (
        <Typography.Paragraph type="secondary">
          {t("sops.instruction")}：{card.instruction}
        </Typography.Paragraph>
      )}
      <Tabs
        activeKey={tab}
        items={tabs}
        destroyOnHidden
        onChange={(key) => setParams(key === "progress" ? {} : { tab: key })}
      />
      {isExporting && (
        <ExportDialog path="export/sop-tasks" request={{ id: sopId, language }} onClose={() => setExporting(false)} />
      )}
    </>
  );
}
