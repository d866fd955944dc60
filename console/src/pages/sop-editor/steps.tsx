import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Col, Flex, Row } from "antd";
import { useTranslation } from "react-i18next";
import { PhonePreview } from "../../ui/phone-preview";
import { ContentEditor } from "./content";
import { newKey, nextTime, type Draft, type Step } from "./draft";
import { StepTime } from "./step-time";

const MAX_STEPS = 100;

interface Props {
  draft: Draft;
  inAnHourMs: number;
  /** What is wrong with one of them: its place from 1, and the text. */
  wrong: { place: number; text: string } | undefined;
  onChange: (changes: Partial<Draft>) => void;
}

/** The messages, one after another, each beside what the group will see. */
export function Steps({ draft, inAnHourMs, wrong, onChange }: Props) {
  const { t } = useTranslation();
  const { steps, kind } = draft;
  const put = (place: number, step: Step) => onChange({ steps: steps.map((old, at) => (at === place ? step : old)) });
  const insert = (place: number, step: Step) =>
    onChange({ steps: [...steps.slice(0, place), step, ...steps.slice(place)] });
  const swap = (one: number, other: number) => {
    const moved = [...steps];
    const [a, b] = [steps[one], steps[other]];
    if (!a || !b) return;
    [moved[one], moved[other]] = [b, a];
    onChange({ steps: moved });
  };
  const add = () =>
    insert(steps.length, {
      key: newKey(),
      stepNo: null,
      time: nextTime(kind, steps.at(-1)?.time, inAnHourMs),
      content: [{ kind: "text", content: "" }],
    });
  const mayAdd = kind !== "mass_message" && steps.length < MAX_STEPS;
  return (
    <Flex vertical gap="middle">
      {steps.map((step, place) => (
        <Card
          key={step.key}
          id={`step-${place + 1}`}
          type="inner"
          title={t("sops.stepNo", { no: place + 1 })}
          extra={
            <Flex gap={4}>
              <Button
                size="small"
                icon={<ArrowUpOutlined />}
                aria-label={t("sopEditor.up")}
                disabled={place === 0}
                onClick={() => swap(place, place - 1)}
              />
              <Button
                size="small"
                icon={<ArrowDownOutlined />}
                aria-label={t("sopEditor.down")}
                disabled={place === steps.length - 1}
                onClick={() => swap(place, place + 1)}
              />
              <Button
                size="small"
                icon={<CopyOutlined />}
                aria-label={t("sopEditor.copy")}
                disabled={!mayAdd}
                onClick={() => insert(place + 1, { ...step, key: newKey(), stepNo: null })}
              />
              <Button
                size="small"
                danger
                icon={<DeleteOutlined />}
                aria-label={t("sopEditor.removeStep")}
                disabled={steps.length === 1}
                onClick={() => onChange({ steps: steps.filter((_, at) => at !== place) })}
              />
            </Flex>
          }
        >
          {wrong?.place === place + 1 && (
            <Alert type="error" showIcon title={wrong.text} style={{ marginBottom: 16 }} />
          )}
          <Row gutter={[24, 16]}>
            <Col xs={24} lg={15}>
              <StepTime kind={kind} time={step.time} onChange={(time) => put(place, { ...step, time })} />
              <ContentEditor
                mode={draft.mode}
                content={step.content}
                onChange={(content) => put(place, { ...step, content })}
              />
            </Col>
            <Col xs={24} lg={9}>
              <PhonePreview content={step.content} />
            </Col>
          </Row>
        </Card>
      ))}
      {mayAdd && (
        <Button icon={<PlusOutlined />} onClick={add}>
          {t("sopEditor.addStep")}
        </Button>
      )}
    </Flex>
  );
}
