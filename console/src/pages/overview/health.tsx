import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled, SyncOutlined } from "@ant-design/icons";
import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { may, type Me } from "../../api/session";
import { agoText } from "../../ui/ago";
import { Panel } from "../../ui/panel";
import { TroubleList, useTroubles } from "../../ui/troubles";
import type { Overview } from "./counts";

/** Whether the data is fresh and messages can go out. */
export function Health({ me, overview, nowMs }: { me: Me | undefined; overview: Overview; nowMs: number }) {
  const { t } = useTranslation();
  const troubles = useTroubles(me);
  const rows = troubles.data?.rows ?? [];
  const mayManage = may(me, "manage_wecom");
  return (
    <Panel title={t("overview.health")} extra={mayManage && <Link to="/sync">{t("overview.seeSync")}</Link>}>
      <Flex vertical gap="small">
        <SyncState overview={overview} nowMs={nowMs} />
        {troubles.isSuccess && rows.length === 0 && (
          <Flex gap="small">
            <CheckCircleFilled className="good" />
            {t("overview.noTroubles")}
          </Flex>
        )}
        <TroubleList rows={rows} />
      </Flex>
    </Panel>
  );
}

function SyncState({ overview, nowMs }: { overview: Overview; nowMs: number }) {
  const { t, i18n } = useTranslation();
  const { lastSyncAtMs, lastSyncFailed, isSyncing } = overview;
  const ago = lastSyncAtMs === null ? "" : agoText(lastSyncAtMs, nowMs, i18n.language);
  const [icon, text] = isSyncing
    ? [<SyncOutlined key="" spin className="busy" />, t("overview.syncing")]
    : lastSyncAtMs === null
      ? [<ExclamationCircleFilled key="" className="warn" />, t("overview.neverSynced")]
      : lastSyncFailed
        ? [<CloseCircleFilled key="" className="bad" />, t("overview.syncFailed", { ago })]
        : [<CheckCircleFilled key="" className="good" />, t("overview.synced", { ago })];
  return (
    <Flex gap="small">
      {icon}
      <span>{text}</span>
    </Flex>
  );
}
