import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { ErrorNote } from "../../ui/problem";
import { Title } from "../../ui/title";
import { dayText } from "./counts";
import { FirstSteps } from "./first-steps";
import { Health } from "./health";
import { OverdueOwners } from "./overdue";
import { Today } from "./today";
import { Trend } from "./trend";
import { Week } from "./week";
import "./overview.css";

/** What an operator wants to know in the morning. */
export function Component() {
  const { t, i18n } = useTranslation();
  const me = useMe().data;
  const overview = useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => call("overview/show", {}, signal),
    refetchInterval: ({ state }) => (state.data?.isSyncing ? 5_000 : 60_000),
  });
  const sops = useQuery({
    queryKey: ["sops", "any"],
    queryFn: ({ signal }) => call("sops/list", { paging: { pageNo: 1, pageSize: 1 } }, signal),
  });
  if (overview.isError) return <ErrorNote error={overview.error} again={() => void overview.refetch()} />;
  if (overview.isPending || sops.isPending) return <Skeleton active />;
  const { today, days, overdue } = overview.data;
  const zone = me?.company?.zone ?? "UTC";
  const isNew = sops.data?.total === 0 && (may(me, "plan_sops") || may(me, "manage_wecom"));
  return (
    <>
      <Title>
        {t("nav.overview")} <span className="overview-date">{dayText(today, i18n.language)}</span>
      </Title>
      <div className="overview-grid">
        <div className="overview-column">
          {isNew ? (
            <FirstSteps me={me} overview={overview.data} />
          ) : (
            <>
              <Today days={days.filter((day) => day.date === today)} zone={zone} />
              <Trend days={days} today={today} />
            </>
          )}
        </div>
        <div className="overview-column">
          <Health me={me} overview={overview.data} nowMs={overview.dataUpdatedAt} />
          {!isNew && (
            <>
              <OverdueOwners owners={overdue} />
              <Week days={days.filter((day) => day.date > today)} zone={zone} />
            </>
          )}
        </div>
      </div>
    </>
  );
}
