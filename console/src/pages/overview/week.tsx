import { Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Panel } from "../../ui/panel";
import { clockText, dayText, tasksPath, total, type Day } from "./counts";

/** The SOPs of the coming week, day by day. */
export function Week({ days, zone }: { days: Day[]; zone: string }) {
  const { t, i18n } = useTranslation();
  // Of an SOP that was ended early only cancelled tasks are left.
  const nLeft = ({ counts }: Day) => total(counts) - counts.cancelled;
  const planned = days.filter((day) => nLeft(day) > 0);
  const dates = [...new Set(planned.map((day) => day.date))];
  return (
    <Panel title={t("overview.week")} extra={<Link to="/calendar">{t("overview.seeCalendar")}</Link>}>
      {planned.length === 0 && <p className="nothing">{t("overview.nothingPlanned")}</p>}
      {dates.map((date) => (
        <section key={date} className="week-day">
          <h3>{dayText(date, i18n.language)}</h3>
          <ul className="plain-list sop-list">
            {planned
              .filter((day) => day.date === date)
              .map((day) => (
                <li key={day.sop.id}>
                  <time className="sop-time">{clockText(day.firstDueAtMs, zone)}</time>
                  <span className="sop-title">
                    <Link to={tasksPath(day.sop.id)}>{day.sop.title}</Link>
                    {day.sop.state === "paused" && <Tag color="orange">{t("overview.paused")}</Tag>}
                  </span>
                  <span className="sop-n">{t("overview.nTasks", { n: nLeft(day) })}</span>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Panel>
  );
}
