import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Select, Space } from "antd";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { nBytes } from "../../ui/bytes";
import type { ContentItem } from "../../ui/phone-preview";
import { MAX_TEXT_BYTES, type Mode } from "./draft";
import { PickFile } from "./pick-file";

// The assistant sends one text to many groups: it cannot name each of them.
const PLACEHOLDERS: Record<Mode, string[]> = { assistant: ["#员工姓名#"], manual: ["#员工姓名#", "#群名称#"] };

interface Props<Item> {
  item: Item;
  onChange: (item: Item) => void;
}

type Of<Kind extends ContentItem["kind"]> = Extract<ContentItem, { kind: Kind }>;

/** The fields of one content item. */
export function ItemEditor({ mode, item, onChange }: Props<ContentItem> & { mode: Mode }) {
  switch (item.kind) {
    case "text":
      return <TextItem placeholders={PLACEHOLDERS[mode]} item={item} onChange={onChange} />;
    case "image":
    case "video":
    case "file":
      return (
        <PickFile
          kind={item.kind === "file" ? undefined : item.kind}
          file={item.file}
          onChange={(file) => onChange({ ...item, file })}
        />
      );
    case "link":
      return <LinkItem item={item} onChange={onChange} />;
    case "mini_program":
      return <MiniProgramItem item={item} onChange={onChange} />;
    case "marketing":
      return <MarketingItem item={item} onChange={onChange} />;
  }
}

function TextItem({ placeholders, item, onChange }: Props<Of<"text">> & { placeholders: string[] }) {
  const { t } = useTranslation();
  const size = nBytes(item.content);
  return (
    <>
      <Input.TextArea
        aria-label={t("sops.texts.text")}
        value={item.content}
        rows={5}
        placeholder={t("sopEditor.textExample")}
        status={size > MAX_TEXT_BYTES ? "error" : undefined}
        onChange={(event) => onChange({ ...item, content: event.target.value })}
      />
      <Space wrap style={{ marginTop: 8 }}>
        {placeholders.map((placeholder) => (
          <Button
            key={placeholder}
            size="small"
            onClick={() => onChange({ ...item, content: item.content + placeholder })}
          >
            {t("sopEditor.insert", { placeholder })}
          </Button>
        ))}
        <span className="aside">{t("sopEditor.bytes", { n: size, max: MAX_TEXT_BYTES })}</span>
      </Space>
    </>
  );
}

function LinkItem({ item, onChange }: Props<Of<"link">>) {
  const { t } = useTranslation();
  const { card } = item;
  const set = (changes: Partial<typeof card>) => onChange({ ...item, card: { ...card, ...changes } });
  return (
    <Form layout="vertical" component="div">
      <Field label={t("sopEditor.link.title")} value={card.title} onChange={(title) => set({ title })} />
      <Field
        label={t("sopEditor.link.url")}
        value={card.url}
        placeholder="https://"
        onChange={(url) => set({ url: url.trim() })}
      />
      <Field label={t("sopEditor.link.summary")} value={card.summary ?? ""} onChange={(summary) => set({ summary })} />
      <Form.Item label={t("sopEditor.link.cover")}>
        <PickFile kind="image" file={card.cover ?? undefined} onChange={(cover) => set({ cover })} />
      </Form.Item>
    </Form>
  );
}

function MiniProgramItem({ item, onChange }: Props<Of<"mini_program">>) {
  const { t } = useTranslation();
  return (
    <Form layout="vertical" component="div">
      <Field
        label={t("sopEditor.miniProgram.title")}
        value={item.title}
        onChange={(title) => onChange({ ...item, title })}
      />
      <Field
        label={t("sopEditor.miniProgram.appId")}
        value={item.appId}
        placeholder="wx…"
        onChange={(appId) => onChange({ ...item, appId: appId.trim() })}
      />
      <Field
        label={t("sopEditor.miniProgram.page")}
        value={item.page}
        placeholder="pages/index"
        onChange={(page) => onChange({ ...item, page: page.trim() })}
      />
      <Form.Item label={t("sopEditor.miniProgram.cover")}>
        <PickFile kind="image" file={item.cover} onChange={(cover) => onChange({ ...item, cover })} />
      </Form.Item>
    </Form>
  );
}

function MarketingItem({ item, onChange }: Props<Of<"marketing">>) {
  const { t } = useTranslation();
  const materials = useQuery({
    queryKey: ["materials", "pick"],
    queryFn: ({ signal }) => call("materials/list", { paging: { pageNo: 1, pageSize: 200 } }, signal),
  });
  return (
    <Select
      style={{ width: "100%" }}
      aria-label={t("sops.texts.marketing")}
      placeholder={t("sopEditor.chooseMaterial")}
      showSearch={{ optionFilterProp: "label" }}
      loading={materials.isFetching}
      value={item.materialId || undefined}
      options={materials.data?.rows.map((row) => ({ value: row.id, label: row.card.title }))}
      onChange={(materialId: string) => {
        const chosen = materials.data?.rows.find((row) => row.id === materialId);
        onChange({ ...item, materialId, card: chosen?.card ?? item.card });
      }}
    />
  );
}

interface FieldProps {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

function Field({ label, value, placeholder, onChange }: FieldProps) {
  return (
    <Form.Item label={label} style={{ marginBottom: 12 }}>
      <Input
        aria-label={label}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
    </Form.Item>
  );
}
