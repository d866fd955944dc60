import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/panel";
import type { Overview } from "./counts";

/** Who has messages of earlier days in hand, most first. */
export function OverdueOwners({ owners }: { owners: Overview["overdue"] }) {
  const { t } = useTranslation();
  const most = owners[0]?.nTasks ?? 1;
  return (
    <Panel title={t("overview.overdue")}>
      {owners.length === 0 ? (
        <p className="nothing">{t("overview.noneOverdue")}</p>
      ) : (
        <>
          <p className="hint">{t("overview.overdueHint")}</p>
          <ol className="plain-list overdue-list">
            {owners.map((owner) => (
              <li key={owner.ownerId}>
                <span className="overdue-name">{owner.ownerName || t("overview.unknownOwner")}</span>
                <span className="overdue-bar" aria-hidden>
                  <i style={{ width: `${(owner.nTasks * 100) / most}%` }} />
                </span>
                <span className="overdue-n">{t("overview.nTasks", { n: owner.nTasks })}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}
