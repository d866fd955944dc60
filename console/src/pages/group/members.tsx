import { Empty, Input, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { ScrollTable } from "../../ui/scroll-table";
import { timeText } from "../../ui/time";
import type { GroupDetail } from ".";

type Member = GroupDetail["members"][number];

export function Members({ members }: { members: Member[] }) {
  const { t } = useTranslation();
  const zone = useMe().data?.company?.zone ?? "UTC";
  const [part, setPart] = useState("");
  const has = (text: string) => text.toLowerCase().includes(part.toLowerCase());
  const shown = members.filter((member) => has(member.name) || has(member.groupNickname));
  const columns = [
    { title: t("groups.member"), dataIndex: "name", key: "name" },
    {
      title: t("groups.kind"),
      key: "kind",
      render: (_: unknown, row: Member) =>
        row.isStaff ? <Tag color="blue">{t("groups.staff")}</Tag> : <Tag>{t("groups.customer")}</Tag>,
    },
    { title: t("groups.nickname"), dataIndex: "groupNickname", key: "nickname" },
    {
      title: t("groups.joined"),
      key: "joined",
      className: "one-line",
      render: (_: unknown, row: Member) => timeText(row.joinedAtMs, zone),
    },
  ];
  return (
    <>
      <Input
        allowClear
        aria-label={t("groups.searchMember")}
        placeholder={t("groups.searchMember")}
        style={{ maxWidth: 240, marginBottom: 12 }}
        onChange={({ target }) => setPart(target.value)}
      />
      <ScrollTable<Member>
        size="small"
        rowKey="wecomId"
        columns={columns}
        dataSource={shown}
        locale={{ emptyText: <Empty description={t("groups.noMembers")} /> }}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
      />
    </>
  );
}
