import { Card, Flex, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { PhonePreview } from "../../ui/phone-preview";
import { clockText, timeText } from "../../ui/time";
import type { Detail } from ".";

type Step = Detail["steps"][number];

/** The time of a step in words. */
function useStepTime(): (step: Step) => string {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  return ({ time }) => {
    if ("atMs" in time) return timeText(time.atMs, zone);
    return t("sops.day", { day: time.dayNo, time: clockText(time.minuteOfDay) });
  };
}

/** The steps with what they send. */
export function Content({ detail }: { detail: Detail }) {
  const { t } = useTranslation();
  const stepTime = useStepTime();
  return (
    <>
      <p>
        <Tag>{detail.rule ? t("sops.byRule") : t("sops.byHand")}</Tag>
        {detail.follows && <Tag>{t("sops.follows")}</Tag>}
      </p>
      <Flex wrap gap="middle">
        {detail.steps.map((step, place) => (
          <Card
            key={step.stepNo ?? place}
            size="small"
            title={`${t("sops.stepNo", { no: place + 1 })} · ${stepTime(step)}`}
            style={{ width: 340, maxWidth: "100%" }}
          >
            <PhonePreview content={step.content} />
          </Card>
        ))}
      </Flex>
    </>
  );
}
