import { DatePicker, Form, InputNumber, Select, Space, TimePicker } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { clockText, momentOf, wallClock } from "../../ui/time";
import { countsDays, type Kind, type Time } from "./draft";

const MINUTE = "YYYY-MM-DD HH:mm";

interface Props {
  kind: Kind;
  time: Time;
  onChange: (time: Time) => void;
}

/** When a step is due, by the clock of the company. */
export function StepTime({ kind, time, onChange }: Props) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const byDay = "dayNo" in time;
  const [hour, minute] = byDay ? [Math.floor(time.minuteOfDay / 60), time.minuteOfDay % 60] : [0, 0];
  return (
    <Form.Item layout="vertical" label={t("sopEditor.time", { zone })}>
      <Space wrap>
        {countsDays(kind) && (
          <Select
            aria-label={t("sopEditor.timeSort")}
            value={byDay ? "day" : "at"}
            onChange={(sort) =>
              onChange(
                sort === "day"
                  ? { dayNo: 1, minuteOfDay: 600 }
                  : { atMs: Math.ceil(dayjs().valueOf() / 3_600_000) * 3_600_000 },
              )
            }
            options={[
              { value: "day", label: t(`sopEditor.dayOf.${kind}`) },
              { value: "at", label: t("sopEditor.onDate") },
            ]}
          />
        )}
        {byDay ? (
          <>
            <InputNumber
              aria-label={t("sopEditor.dayNo")}
              min={1}
              max={3650}
              precision={0}
              prefix={t("sopEditor.dayBefore")}
              suffix={t("sopEditor.dayAfter")}
              value={time.dayNo}
              onChange={(dayNo) => onChange({ ...time, dayNo: dayNo ?? 1 })}
            />
            <TimePicker
              aria-label={t("sopEditor.clock")}
              format="HH:mm"
              allowClear={false}
              needConfirm={false}
              value={dayjs(`2000-01-01 ${clockText(hour * 60 + minute)}`)}
              onChange={(at) => at && onChange({ ...time, minuteOfDay: at.hour() * 60 + at.minute() })}
            />
          </>
        ) : (
          <DatePicker
            aria-label={t("sopEditor.date")}
            showTime={{ format: "HH:mm" }}
            format={MINUTE}
            allowClear={false}
            needConfirm={false}
            value={dayjs(wallClock(time.atMs, zone))}
            onChange={(at) => at && onChange({ atMs: momentOf(at.format(MINUTE), zone) })}
          />
        )}
      </Space>
    </Form.Item>
  );
}
