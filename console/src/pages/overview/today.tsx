import { Empty, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { Panel } from "../../ui/panel";
import { clockText, COLORS, STATES, sum, tasksPath, total, type Counts, type Day, type State } from "./counts";

/** The tasks of today by state; a state leads to the SOPs that have some. */
export function Today({ days, zone }: { days: Day[]; zone: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const counts = sum(days);
  const nAll = total(counts);
  const chosen = STATES.find((state) => state === params.get("state"));
  const shown = chosen ? days.filter((day) => day.counts[chosen] > 0) : days;
  if (days.length === 0) {
    return (
      <Panel title={t("overview.today")}>
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("overview.nothingToday")}>
          <Link to="/sops">{t("overview.seeSops")}</Link>
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title={t("overview.today")} extra={<Link to="/calendar">{t("overview.seeCalendar")}</Link>}>
      <StackedBar counts={counts} nAll={nAll} />
      <nav aria-label={t("overview.byState")} className="states">
        <StateLink name={t("overview.all")} n={nAll} isChosen={!chosen} />
        {STATES.filter((state) => state !== "cancelled" || counts.cancelled > 0).map((state) => (
          <StateLink
            key={state}
            state={state}
            name={t(`sops.taskStates.${state}`)}
            n={counts[state]}
            isChosen={state === chosen}
          />
        ))}
      </nav>
      <ul className="plain-list sop-list" aria-label={t("overview.todaysSops")}>
        {shown.map((day) => (
          <SopOfToday key={day.sop.id} day={day} zone={zone} state={chosen} />
        ))}
      </ul>
      {shown.length === 0 && <p className="nothing">{t("overview.nothingInState")}</p>}
    </Panel>
  );
}

/** What the numbers below say, for the eye. */
function StackedBar({ counts, nAll }: { counts: Counts; nAll: number }) {
  return (
    <div className="stacked-bar" aria-hidden>
      {STATES.filter((state) => counts[state] > 0).map((state) => (
        <div key={state} style={{ width: `${(counts[state] * 100) / nAll}%`, background: COLORS[state] }} />
      ))}
    </div>
  );
}

function StateLink({ state, name, n, isChosen }: { state?: State; name: string; n: number; isChosen: boolean }) {
  const isBad = n > 0 && (state === "failed" || state === "expired");
  return (
    <Link
      to={state ? `?state=${state}` : "?"}
      className="state"
      aria-current={isChosen || undefined}
      preventScrollReset
    >
      <span className="state-name">
        {state && <i className="dot" style={{ background: COLORS[state] }} aria-hidden />}
        {name}
      </span>{" "}
      <span className={isBad ? "state-n bad" : "state-n"}>{n.toLocaleString()}</span>
    </Link>
  );
}

function SopOfToday({ day, zone, state }: { day: Day; zone: string; state: State | undefined }) {
  const { t } = useTranslation();
  const { sop, counts } = day;
  const nAll = total(counts) - counts.cancelled;
  return (
    <li>
      <time className="sop-time">{clockText(day.firstDueAtMs, zone)}</time>
      <span className="sop-title">
        <Link to={tasksPath(sop.id)}>{sop.title}</Link>
        {sop.state === "paused" && <Tag color="orange">{t("overview.paused")}</Tag>}
      </span>
      <span className="sop-mode">{t(`sops.modes.${sop.mode}`)}</span>
      {state ? (
        <Link to={tasksPath(sop.id, state)} className="sop-n">
          {t("overview.inState", { state: t(`sops.taskStates.${state}`), n: counts[state] })}
        </Link>
      ) : (
        <span className="sop-n">
          {t("overview.sentOf", { sent: counts.sent, all: nAll })}
          {counts.failed > 0 && (
            <Link to={tasksPath(sop.id, "failed")} className="sop-failed">
              {t("overview.nFailed", { n: counts.failed })}
            </Link>
          )}
        </span>
      )}
    </li>
  );
}
