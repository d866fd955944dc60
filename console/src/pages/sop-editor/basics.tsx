import { Form, Input, Radio, Space } from "antd";
import { useTranslation } from "react-i18next";
import { countsDays, nextTime, type Draft, type Kind } from "./draft";

const KINDS = ["fixed_times", "days_since_joining", "new_groups", "mass_message"] as const;
const MODES = ["assistant", "manual"] as const;

interface Props {
  draft: Draft;
  /** Mode and kind of an SOP that there is stay as they are. */
  isNew: boolean;
  inAnHourMs: number;
  onChange: (changes: Partial<Draft>) => void;
}

/** What the SOP is called, what it is, and how it goes out. */
export function Basics({ draft, isNew, inAnHourMs, onChange }: Props) {
  const { t } = useTranslation();
  const chooseKind = (kind: Kind) => {
    // Times of the other sort mean nothing any more.
    const isOther = countsDays(kind) !== countsDays(draft.kind);
    const kept = kind === "mass_message" ? draft.steps.slice(0, 1) : draft.steps;
    let last: Draft["steps"][number]["time"] | undefined;
    const steps = kept.map((step) => {
      last = isOther ? nextTime(kind, last, inAnHourMs) : step.time;
      return { ...step, time: last };
    });
    onChange({ kind, steps });
  };
  return (
    <Form layout="vertical" component="div">
      <Form.Item label={t("sopEditor.title")} required>
        <Input
          id="sop-title"
          aria-label={t("sopEditor.title")}
          value={draft.title}
          maxLength={100}
          showCount
          placeholder={t("sopEditor.titleExample")}
          onChange={(event) => onChange({ title: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("sopEditor.kind")}>
        <Radio.Group value={draft.kind} disabled={!isNew} onChange={(event) => chooseKind(event.target.value as Kind)}>
          <Space orientation="vertical">
            {KINDS.map((kind) => (
              <Radio key={kind} value={kind}>
                {t(`sops.kinds.${kind}`)} <span className="aside">{t(`sopEditor.kinds.${kind}`)}</span>
              </Radio>
            ))}
          </Space>
        </Radio.Group>
      </Form.Item>
      <Form.Item label={t("sopEditor.mode")}>
        <Radio.Group
          value={draft.mode}
          disabled={!isNew}
          onChange={(event) => onChange({ mode: event.target.value as Draft["mode"] })}
        >
          <Space orientation="vertical">
            {MODES.map((mode) => (
              <Radio key={mode} value={mode}>
                {t(`sops.modes.${mode}`)} <span className="aside">{t(`sopEditor.modes.${mode}`)}</span>
              </Radio>
            ))}
          </Space>
        </Radio.Group>
      </Form.Item>
      <Form.Item label={t("sopEditor.instruction")} extra={t("sopEditor.instructionNote")}>
        <Input.TextArea
          aria-label={t("sopEditor.instruction")}
          value={draft.instruction}
          rows={3}
          maxLength={10_000}
          onChange={(event) => onChange({ instruction: event.target.value })}
        />
      </Form.Item>
    </Form>
  );
}
