import { Empty, Timeline } from "antd";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { timeText } from "../../ui/time";
import type { Detail } from ".";

/** Who did what to the SOP. */
export function History({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  if (detail.acts.length === 0) return <Empty description={t("sops.noActs")} />;
  return (
    <Timeline
      items={detail.acts.map((act, place) => ({
        key: place,
        content: (
          <>
            <div>
              {t(`sops.actNames.${act.act}`, { defaultValue: act.act })} ·{" "}
              {t(`sops.actors.${act.actorKind}`, { defaultValue: act.actorKind })} {act.actor}
            </div>
            <div className="aside">
              {timeText(act.atMs, zone)} {act.detail === "{}" ? "" : act.detail}
            </div>
          </>
        ),
      }))}
    />
  );
}
