import { FileOutlined, LinkOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Reply } from "../api/call";
import { fileUrl } from "../api/stream";

export type ContentItem = Reply<"sops/detail">["steps"][number]["content"][number];

/** A step as it will look in the group, as far as can be said before WeCom shows it. */
export function PhonePreview({ content }: { content: ContentItem[] }) {
  const { t } = useTranslation();
  return (
    <div className="phone" role="figure" aria-label={t("preview.title")}>
      {content.map((item, place) => (
        <div key={place} className="phone-line">
          <span className="phone-face" aria-hidden="true">
            {t("preview.owner")}
          </span>
          <div className="phone-bubble">
            <Item item={item} />
          </div>
        </div>
      ))}
      {content.length === 0 && <div className="phone-empty">{t("preview.empty")}</div>}
    </div>
  );
}

function Item({ item }: { item: ContentItem }) {
  const { t } = useTranslation();
  switch (item.kind) {
    case "text":
      return <span className="phone-text">{filled(item.content, t) || t("preview.noText")}</span>;
    case "link":
      return <LinkCard card={item.card} />;
    case "marketing":
      return <LinkCard card={item.card ?? { title: "", url: "" }} />;
    case "image":
      return <Picture file={item.file} />;
    case "video":
      return (
        <span>
          <PlayCircleOutlined /> {item.file.name || t("preview.noFile")}
        </span>
      );
    case "file":
      return (
        <span>
          <FileOutlined /> {item.file.name || t("preview.noFile")}
        </span>
      );
    case "mini_program":
      return (
        <div>
          <div className="phone-title">{item.title || t("preview.noTitle")}</div>
          <Picture file={item.cover} />
          <div className="phone-small">{t("preview.miniProgram")}</div>
        </div>
      );
  }
}

type File = { id: string; name?: string };

function Picture({ file }: { file: File }) {
  const { t } = useTranslation();
  if (!file.id) return <span>{t("preview.noFile")}</span>;
  return <img className="phone-picture" src={fileUrl(file.id)} alt={file.name ?? ""} />;
}

function LinkCard({ card }: { card: { title: string; url: string; summary?: string; cover?: File | null } }) {
  const { t } = useTranslation();
  return (
    <div>
      <div className="phone-title">{card.title || t("preview.noTitle")}</div>
      <div className="phone-card">
        <span className="phone-small">{card.summary || card.url}</span>
        {card.cover?.id ? <img src={fileUrl(card.cover.id)} alt="" /> : <LinkOutlined />}
      </div>
    </div>
  );
}

/** With examples in the place of what is filled in for each owner and group. */
function filled(text: string, t: (key: string) => string): string {
  return text
    .replaceAll("#员工姓名#", t("preview.someOwner"))
    .replaceAll("#群名称#", t("preview.someGroup"))
    .replaceAll(/#客户备注#|#客户昵称#/g, "");
}
