import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/panel";
import { dayAfter } from "../../ui/time";
import { sum, type Day } from "./counts";

// The chart's code is large and comes when the rest is there.
const TrendChart = lazy(() => import("./chart"));

const N_DAYS = 14;
export const SERIES = ["sent", "failed", "expired"] as const;
export type TrendDay = { date: string } & Record<(typeof SERIES)[number], number>;

/** What became of the tasks of the last days: a chart, and the same as a table for whoever does not see it. */
export function Trend({ days, today }: { days: Day[]; today: string }) {
  const { t } = useTranslation();
  const trend: TrendDay[] = Array.from({ length: N_DAYS }, (_, index) => {
    const date = dayAfter(today, index + 1 - N_DAYS);
    const { sent, failed, expired } = sum(days.filter((day) => day.date === date));
    return { date, sent, failed, expired };
  });
  const names = SERIES.map((state) => t(`sops.taskStates.${state}`));
  return (
    <Panel title={t("overview.trend")}>
      <Suspense fallback={<Skeleton.Node active className="chart" />}>
        <TrendChart days={trend} names={names} label={t("overview.trendLabel")} />
      </Suspense>
      <div className="for-readers">
        <table>
          <caption>{t("overview.trend")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("overview.date")}</th>
              {names.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {trend.map((day) => (
              <tr key={day.date}>
                <th scope="row">{day.date}</th>
                {SERIES.map((state) => (
                  <td key={state}>{day[state]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
