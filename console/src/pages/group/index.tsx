import { useQuery } from "@tanstack/react-query";
import { Descriptions, Skeleton, Tabs, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { useListState } from "../../ui/list-state";
import { Month } from "../../ui/month";
import { isNotThere, NotThere } from "../../ui/not-there";
import { ErrorNote } from "../../ui/problem";
import { dayOf, timeText, useToday } from "../../ui/time";
import { Title } from "../../ui/title";
import { Members } from "./members";
import { GroupTags } from "./tags";
import { GroupTasks, useGroupTasks } from "./tasks";

export type GroupDetail = Reply<"groups/detail">;

/** A customer group: who is in it, what is planned for it and what was sent to it. */
export function Component() {
  const { chatId = "" } = useParams();
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const detail = useQuery({
    queryKey: ["group", chatId],
    queryFn: ({ signal }) => call("groups/detail", { chatId }, signal),
    retry: false,
  });
  if (isNotThere(detail.error)) {
    return <NotThere title={t("groups.notFound")} list="/groups" back={t("groups.back")} />;
  }
  if (detail.isError) return <ErrorNote error={detail.error} again={() => void detail.refetch()} />;
  if (!detail.data) return <Skeleton active />;
  const { group, notice } = detail.data;
  const facts = [
    { key: "owner", label: t("groups.owner"), children: group.ownerName },
    { key: "departments", label: t("groups.departments"), children: group.departmentNames.join("、") || "—" },
    { key: "made", label: t("groups.made"), children: timeText(group.createdAtMs, zone) },
    { key: "tags", label: t("groups.tags"), span: "filled" as const, children: <GroupTags detail={detail.data} /> },
    {
      key: "notice",
      label: t("groups.notice"),
      span: "filled" as const,
      children: notice ? <div className="phone-text">{notice}</div> : t("groups.noNotice"),
    },
  ];
  return (
    <>
      <Title>{group.name || t("groups.noName")}</Title>
      <Typography.Paragraph>
        <Link to="/groups">{t("groups.back")}</Link>
      </Typography.Paragraph>
      <Descriptions size="small" bordered column={{ xs: 1, sm: 1, md: 3 }} items={facts} />
      <Parts detail={detail.data} zone={zone} />
    </>
  );
}

function Parts({ detail, zone }: { detail: GroupDetail; zone: string }) {
  const { t } = useTranslation();
  const { filters, change } = useListState(["tab", "month"] as const);
  const tasks = useGroupTasks(detail.group.chatId);
  const today = useToday(zone);
  const rows = tasks.data?.rows ?? [];
  const calendar = (
    <Month
      month={/^\d{4}-\d\d$/.test(filters.month) ? filters.month : today.slice(0, 7)}
      today={today}
      onChange={(month) => change({ month })}
      render={(date) => {
        const ofDay = rows.filter((task) => dayOf(task.startAtMs, zone) === date);
        if (ofDay.length === 0) return null;
        return ofDay.map((task) => (
          <Link key={task.id} to={`/sops/${task.sopId}`} className="month-item" title={task.title}>
            {timeText(task.startAtMs, zone).slice(11)} {task.title}
          </Link>
        ));
      }}
    />
  );
  const tabs = [
    {
      key: "members",
      label: t("groups.tabs.members", { n: detail.members.length }),
      children: <Members members={detail.members} />,
    },
    { key: "tasks", label: t("groups.tabs.tasks"), children: <GroupTasks tasks={tasks} part="open" /> },
    { key: "calendar", label: t("groups.tabs.calendar"), children: calendar },
    { key: "history", label: t("groups.tabs.history"), children: <GroupTasks tasks={tasks} part="done" /> },
  ];
  return (
    <Tabs
      activeKey={tabs.find(({ key }) => key === filters.tab)?.key ?? "members"}
      items={tabs}
      destroyOnHidden
      onChange={(tab) => change({ tab: tab === "members" ? "" : tab })}
    />
  );
}
