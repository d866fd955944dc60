import { Empty, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Panel } from "../../ui/panel";
import { timeText } from "../../ui/time";
import type { WeCom } from ".";

type Event = WeCom["events"][number];

/** What WeCom told so far, by kind. */
export function Events({ events, zone }: { events: Event[]; zone: string }) {
  const { t, i18n } = useTranslation();
  // Kinds that are new in WeCom have their own names only.
  const nameOf = (name: string) => {
    const key = `wecom.event.names.${name.replace(/\W+/g, "_")}`;
    return i18n.exists(key) ? `${t(key)} (${name})` : name;
  };
  const columns = [
    {
      title: t("wecom.event.name"),
      key: "name",
      className: "event-name",
      render: (_: unknown, event: Event) => nameOf(event.name),
    },
    { title: t("wecom.event.n"), key: "n", render: (_: unknown, event: Event) => event.nReceived.toLocaleString() },
    {
      title: t("wecom.event.last"),
      key: "last",
      className: "one-line",
      render: (_: unknown, event: Event) => timeText(event.lastAtMs, zone),
    },
  ];
  return (
    <Panel title={t("wecom.event.title")}>
      <Table<Event>
        rowKey="name"
        size="small"
        columns={columns}
        dataSource={events}
        pagination={false}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("wecom.event.none")} /> }}
      />
    </Panel>
  );
}
