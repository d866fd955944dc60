import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useListState } from "../../ui/list-state";
import { Title } from "../../ui/title";
import { Contents } from "./contents";
import { Files } from "./files";
import "./materials.css";

/** What messages are made of: files, and contents that are sent as links. */
export function Component() {
  const { t } = useTranslation();
  const { filters, change } = useListState(["tab"] as const);
  const tabs = [
    { key: "files", label: t("materials.files"), children: <Files /> },
    { key: "contents", label: t("materials.contents"), children: <Contents /> },
  ];
  return (
    <>
      <Title>{t("nav.materials")}</Title>
      <Tabs
        activeKey={filters.tab === "contents" ? "contents" : "files"}
        onChange={(tab) => change({ tab, size: "" })}
        items={tabs}
        destroyOnHidden
      />
    </>
  );
}
