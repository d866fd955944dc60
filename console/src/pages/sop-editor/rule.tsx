import { Col, DatePicker, Form, Input, InputNumber, Row, Space } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { PickDepartments, PickStaff, PickTags } from "../../ui/pick";
import { momentOf, wallClock } from "../../ui/time";
import type { Rule } from "./draft";

const DAY = "YYYY-MM-DD";

/** Conditions on groups, all of which a group has to meet. */
export function RuleForm({ rule, onChange }: { rule: Rule; onChange: (rule: Rule) => void }) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const set = (changes: Partial<Rule>) => onChange({ ...rule, ...changes });
  const day = (atMs: number | null | undefined) => (atMs == null ? null : dayjs(wallClock(atMs, zone)));
  const tags = (field: "anyTagIds" | "allTagIds" | "noTagIds") => (
    <Col xs={24} md={8}>
      <Form.Item label={t(`sopEditor.rule.${field}`)}>
        <PickTags
          aria-label={t(`sopEditor.rule.${field}`)}
          value={rule[field]}
          onChange={(ids: string[]) => set({ [field]: ids })}
        />
      </Form.Item>
    </Col>
  );
  return (
    <Row gutter={16}>
      {tags("anyTagIds")}
      {tags("allTagIds")}
      {tags("noTagIds")}
      <Col xs={24} md={8}>
        <Form.Item label={t("sopEditor.rule.ownerIds")}>
          <PickStaff
            mode="multiple"
            aria-label={t("sopEditor.rule.ownerIds")}
            value={rule.ownerIds}
            onChange={(ownerIds: string[]) => set({ ownerIds })}
          />
        </Form.Item>
      </Col>
      <Col xs={24} md={8}>
        <Form.Item label={t("sopEditor.rule.departmentIds")}>
          <PickDepartments
            aria-label={t("sopEditor.rule.departmentIds")}
            value={rule.departmentIds}
            onChange={(departmentIds) => set({ departmentIds })}
          />
        </Form.Item>
      </Col>
      <Col xs={24} md={8}>
        <Form.Item label={t("sopEditor.rule.name")}>
          <Input
            aria-label={t("sopEditor.rule.name")}
            value={rule.name}
            allowClear
            onChange={(event) => set({ name: event.target.value })}
          />
        </Form.Item>
      </Col>
      <Col xs={24} md={16}>
        <Form.Item label={t("sopEditor.rule.created")}>
          <DatePicker.RangePicker
            allowEmpty={[true, true]}
            value={[day(rule.createdFromMs), day(rule.createdUntilMs)]}
            onChange={(days) =>
              set({
                createdFromMs: days?.[0] ? momentOf(`${days[0].format(DAY)} 00:00`, zone) : null,
                createdUntilMs: days?.[1] ? momentOf(`${days[1].format(DAY)} 23:59`, zone) + 59_999 : null,
              })
            }
          />
        </Form.Item>
      </Col>
      <Col xs={24} md={8}>
        <Form.Item label={t("sopEditor.rule.members")}>
          <Space>
            <InputNumber
              aria-label={t("sopEditor.rule.minMembers")}
              min={0}
              value={rule.minMembers}
              onChange={(minMembers) => set({ minMembers })}
            />
            –
            <InputNumber
              aria-label={t("sopEditor.rule.maxMembers")}
              min={0}
              value={rule.maxMembers}
              onChange={(maxMembers) => set({ maxMembers })}
            />
          </Space>
        </Form.Item>
      </Col>
    </Row>
  );
}
