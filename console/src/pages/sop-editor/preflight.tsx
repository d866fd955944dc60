import { useQuery } from "@tanstack/react-query";
import { Alert, Badge, Modal, Skeleton, Space, Statistic, Flex } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { Month } from "../../ui/month";
import { useToday } from "../../ui/time";
import { ErrorNote } from "../../ui/problem";
import type { New } from "./draft";

type Preview = Reply<"sops/preview">;

interface Props {
  sop: New;
  isBusy: boolean;
  onStart: () => void;
  onClose: () => void;
}

/** What the SOP would do, before it does it. */
export function Preflight({ sop, isBusy, onStart, onClose }: Props) {
  const { t } = useTranslation();
  const preview = useQuery({
    queryKey: ["sop-preview", sop],
    queryFn: ({ signal }) => call("sops/preview", sop, signal),
    retry: false,
    gcTime: 0,
  });
  return (
    <Modal
      open
      width={720}
      title={t("sopEditor.preflight")}
      okText={t("sopEditor.startNow")}
      cancelText={t("sopEditor.backToEdit")}
      okButtonProps={{ disabled: !preview.data }}
      confirmLoading={isBusy}
      onOk={onStart}
      onCancel={onClose}
    >
      {preview.isError && <ErrorNote error={preview.error} again={() => void preview.refetch()} />}
      {preview.isPending && <Skeleton active />}
      {preview.data && <Found preview={preview.data} />}
    </Modal>
  );
}

function Found({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  return (
    <Space orientation="vertical" style={{ width: "100%" }}>
      <Flex gap="large" wrap>
        <Statistic title={t("sopEditor.groups")} value={preview.nGroups} />
        <Statistic title={t("sopEditor.ownersOf")} value={preview.nOwners} />
        <Statistic title={t("sopEditor.tasks")} value={preview.nTasks} />
      </Flex>
      {preview.warnings.map((warning, place) => (
        <Alert key={place} type="warning" showIcon title={t(`sopEditor.warnings.${warning.kind}`, { ...warning })} />
      ))}
      {preview.unable.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t("sopEditor.unable", { n: preview.unable.length })}
          description={
            <ul>
              {preview.unable.slice(0, 20).map((owner) => (
                <li key={owner.id}>{t("sopEditor.unableOwner", owner)}</li>
              ))}
            </ul>
          }
        />
      )}
      <Schedule days={preview.days} />
      {preview.warnings.length === 0 && preview.unable.length === 0 && (
        <Alert type="success" showIcon title={t("sopEditor.allGood")} />
      )}
    </Space>
  );
}

/** What owners have to do on which day. */
function Schedule({ days }: { days: Preview["days"] }) {
  const { t } = useTranslation();
  const [month, setMonth] = useState<string>();
  const today = useToday(useMe().data?.company?.zone ?? "UTC");
  const first = days[0];
  if (!first) return null;
  const byDate = new Map(days.map((day) => [day.date, day]));
  return (
    <>
      <ul>
        {days.slice(0, 12).map((day) => (
          <li key={day.date}>
            {t("sopEditor.day", day)}
            {day.nGroupsOverQuota > 0 && <strong> {t("sopEditor.overQuota", day)}</strong>}
          </li>
        ))}
        {days.length > 12 && <li>{t("sopEditor.moreDays", { n: days.length - 12 })}</li>}
      </ul>
      <Month
        month={month ?? first.date.slice(0, 7)}
        today={today}
        onChange={setMonth}
        render={(date) => {
          const day = byDate.get(date);
          const status = day && day.nGroupsOverQuota > 0 ? "warning" : "processing";
          return (
            day && (
              <div>
                <Badge status={status} text={t("sopEditor.nMessages", { n: day.nMessages })} />
              </div>
            )
          );
        }}
      />
    </>
  );
}
