import { useQuery } from "@tanstack/react-query";
import { Alert, Form, Segmented, Select, Space, Spin, Switch } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { PickStaff } from "../../ui/pick";
import { useErrorText } from "../../ui/problem";
import { countOnly, hasAudience, type By, type Draft } from "./draft";
import { RuleForm } from "./rule";

const WAYS: By[] = ["rule", "chats", "owners"];

interface Props {
  draft: Draft;
  isNew: boolean;
  tomorrowMs: number;
  onChange: (changes: Partial<Draft>) => void;
}

/** Which groups the SOP reaches. */
export function Audience({ draft, isNew, tomorrowMs, onChange }: Props) {
  const { t } = useTranslation();
  const isForNew = draft.kind === "new_groups";
  const isFixed = !isNew && !isForNew && !draft.follows;
  if (isFixed) return <Alert type="info" showIcon title={t("sopEditor.audienceStays")} />;
  const by = isForNew ? "rule" : draft.by;
  return (
    <Form layout="vertical" component="div">
      {isForNew && <Alert type="info" showIcon title={t("sopEditor.forNewGroups")} style={{ marginBottom: 16 }} />}
      {!isForNew && isNew && (
        <Form.Item label={t("sopEditor.by")}>
          <Segmented
            aria-label={t("sopEditor.by")}
            value={by}
            onChange={(value) => onChange({ by: value })}
            options={WAYS.map((value) => ({ value, label: t(`sopEditor.ways.${value}`) }))}
          />
        </Form.Item>
      )}
      {by === "rule" && <RuleForm rule={draft.rule} onChange={(rule) => onChange({ rule })} />}
      {by === "rule" && !isForNew && (
        <Form.Item>
          <Space>
            <Switch
              id="follows"
              disabled={!isNew}
              checked={draft.follows}
              aria-label={t("sopEditor.follows")}
              onChange={(follows) => onChange({ follows })}
            />
            <span>{t("sopEditor.follows")}</span>
          </Space>
        </Form.Item>
      )}
      {by === "chats" && <Chats draft={draft} onChange={onChange} />}
      {by === "owners" && (
        <Form.Item label={t("sopEditor.owners")}>
          <PickStaff
            mode="multiple"
            aria-label={t("sopEditor.owners")}
            value={draft.ownerIds}
            onChange={(ownerIds: string[]) => onChange({ ownerIds })}
          />
        </Form.Item>
      )}
      <Count draft={draft} tomorrowMs={tomorrowMs} />
    </Form>
  );
}

/** Groups one by one, found by name. */
function Chats({ draft, onChange }: Pick<Props, "draft" | "onChange">) {
  const { t } = useTranslation();
  const [part, setPart] = useState("");
  const groups = useQuery({
    queryKey: ["groups", "pick", part],
    queryFn: ({ signal }) =>
      call("groups/list", { filter: { name: part || null }, paging: { pageNo: 1, pageSize: 50 } }, signal),
  });
  const found =
    groups.data?.rows.map((group) => ({ value: group.chatId, label: `${group.name}（${group.ownerName}）` })) ?? [];
  return (
    <Form.Item label={t("sopEditor.chats")}>
      <Select
        mode="multiple"
        labelInValue
        aria-label={t("sopEditor.chats")}
        placeholder={t("sopEditor.chatsSearch")}
        showSearch={{ filterOption: false, onSearch: setPart }}
        loading={groups.isFetching}
        value={draft.chats.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(chosen) =>
          onChange({ chats: chosen.map(({ value, label }) => ({ id: value, name: String(label) })) })
        }
        options={found}
      />
    </Form.Item>
  );
}

/** How many groups that is now. */
function Count({ draft, tomorrowMs }: Pick<Props, "draft" | "tomorrowMs">) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const isAsked = hasAudience(draft) && draft.kind !== "new_groups";
  const asked = useDeferredValue(isAsked ? JSON.stringify(countOnly(draft, tomorrowMs)) : "");
  const count = useQuery({
    queryKey: ["sop-count", asked],
    queryFn: ({ signal }) => call("sops/preview", JSON.parse(asked) as ReturnType<typeof countOnly>, signal),
    enabled: asked !== "",
    retry: false,
  });
  if (draft.kind === "new_groups") return null;
  if (!isAsked) return <Alert type="warning" showIcon title={t("sopEditor.noAudience")} />;
  if (count.isError) return <Alert type="error" showIcon title={errorText(count.error)} />;
  const { nGroups = 0, nOwners = 0 } = count.data ?? {};
  const text = t("sopEditor.count", { nGroups, nOwners });
  return (
    <Spin spinning={count.isFetching}>
      <div aria-live="polite">
        <Alert type={nGroups === 0 ? "warning" : "success"} showIcon title={text} />
      </div>
    </Spin>
  );
}
