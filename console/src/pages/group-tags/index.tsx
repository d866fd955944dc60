import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Flex, Popconfirm, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { useGroupTags, useTagCounts } from "../../ui/pick";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { Title } from "../../ui/title";
import { CreateTags, Rename, type Named } from "./forms";
import "./group-tags.css";

type Dialog = { kind: "create"; groupName: string } | ({ kind: "tag" | "group" } & Named);

/** Tags of customer groups, in groups of their own. */
export function Component() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const mayTag = may(useMe().data, "tag_groups");
  const [dialog, setDialog] = useState<Dialog>();
  const tags = useGroupTags();
  const nGroups = useTagCounts();
  const close = () => setDialog(undefined);
  const remove = useMutation({
    mutationFn: async ({ kind, id }: { kind: "tag" | "group"; id: string }) => {
      if (kind === "group") return call("group-tags/remove-group", { id });
      return call("group-tags/remove", { id });
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["group-tags"] });
      await queries.invalidateQueries({ queryKey: ["groups"] });
    },
    onError: (error) => void message.error(errorText(error)),
  });
  if (tags.isError) return <ErrorNote error={tags.error} again={() => void tags.refetch()} />;
  if (!tags.data) return <Skeleton active />;
  const create = (groupName: string, text: string, type: "primary" | "default") => (
    <Button type={type} onClick={() => setDialog({ kind: "create", groupName })}>
      {text}
    </Button>
  );
  const acts = (kind: "tag" | "group", { id, name }: Named, note: string) => (
    <Flex gap={4}>
      <Button
        type="text"
        size="small"
        aria-label={t("groupTags.renameNamed", { name })}
        onClick={() => setDialog({ kind, id, name })}
      >
        {t("groupTags.rename")}
      </Button>
      <Popconfirm
        title={t("groupTags.removeTitle", { name })}
        description={<div style={{ maxWidth: 280 }}>{note}</div>}
        okText={t("groupTags.remove")}
        okButtonProps={{ danger: true }}
        onConfirm={() => remove.mutateAsync({ kind, id }).catch(() => undefined)}
      >
        <Button type="text" size="small" danger aria-label={t("groupTags.removeNamed", { name })}>
          {t("groupTags.remove")}
        </Button>
      </Popconfirm>
    </Flex>
  );
  const { rows } = tags.data;
  return (
    <>
      <Title actions={mayTag && rows.length > 0 && create("", t("groupTags.create"), "primary")}>
        {t("nav.group-tags")}
      </Title>
      {rows.length === 0 && (
        <Empty description={t("groupTags.none")}>{mayTag && create("", t("groupTags.create"), "primary")}</Empty>
      )}
      <div className="tag-groups">
        {rows.map((group) => (
          <Card
            key={group.id}
            size="small"
            title={<h2 className="panel-title">{group.name}</h2>}
            extra={mayTag && acts("group", group, t("groupTags.removeGroupNote"))}
          >
            <ul className="plain-list">
              {group.tags.map((tag) => (
                <li key={tag.id} className="tag-row">
                  <span className="tag-name">{tag.name}</span>
                  <Link to={`/groups?tags=${encodeURIComponent(tag.id)}`}>
                    {t("groupTags.nGroups", { n: nGroups?.get(tag.id) ?? "…" })}
                  </Link>
                  {mayTag && acts("tag", tag, t("groupTags.removeNote", { n: nGroups?.get(tag.id) ?? "…" }))}
                </li>
              ))}
            </ul>
            {mayTag && create(group.name, t("groupTags.addHere"), "default")}
          </Card>
        ))}
      </div>
      {dialog?.kind === "create" && <CreateTags groupName={dialog.groupName} onClose={close} />}
      {dialog && dialog.kind !== "create" && <Rename kind={dialog.kind} named={dialog} onClose={close} />}
    </>
  );
}
