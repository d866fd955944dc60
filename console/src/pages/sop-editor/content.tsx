import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Dropdown, Flex } from "antd";
import { useTranslation } from "react-i18next";
import type { ContentItem } from "../../ui/phone-preview";
import type { Mode } from "./draft";
import { ItemEditor } from "./item";

const NO_FILE = { id: "", name: "", nBytes: 0 };
const NO_CARD = { title: "", url: "", summary: "", coverUrl: "", cover: null };

const EMPTY: { [Kind in ContentItem["kind"]]: Extract<ContentItem, { kind: Kind }> } = {
  text: { kind: "text", content: "" },
  image: { kind: "image", file: NO_FILE },
  link: { kind: "link", card: NO_CARD },
  marketing: { kind: "marketing", materialId: "", card: NO_CARD },
  mini_program: { kind: "mini_program", title: "", appId: "", page: "", cover: NO_FILE },
  video: { kind: "video", file: NO_FILE },
  file: { kind: "file", file: NO_FILE },
};
const KINDS = Object.keys(EMPTY) as ContentItem["kind"][];

interface Props {
  mode: Mode;
  content: ContentItem[];
  onChange: (content: ContentItem[]) => void;
}

/** What a step sends: one text and attachments. */
export function ContentEditor({ mode, content, onChange }: Props) {
  const { t } = useTranslation();
  const put = (place: number, item: ContentItem) => onChange(content.map((old, at) => (at === place ? item : old)));
  const items = KINDS.map((kind) => ({
    key: kind,
    label: t(`sops.texts.${kind}`),
    // WeCom takes one text in a message.
    disabled: kind === "text" && content.some((item) => item.kind === "text"),
    onClick: () => onChange([...content, structuredClone(EMPTY[kind])]),
  }));
  return (
    <Flex vertical gap="small">
      {content.map((item, place) => (
        <Card
          key={place}
          size="small"
          title={t(`sops.texts.${item.kind}`)}
          extra={
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("sopEditor.removeItem")}
              onClick={() => onChange(content.filter((_, at) => at !== place))}
            />
          }
        >
          <ItemEditor mode={mode} item={item} onChange={(changed) => put(place, changed)} />
        </Card>
      ))}
      <Dropdown menu={{ items }} trigger={["click"]}>
        <Button icon={<PlusOutlined />}>{t("sopEditor.addItem")}</Button>
      </Dropdown>
    </Flex>
  );
}
