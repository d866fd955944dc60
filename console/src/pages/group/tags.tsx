import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/call";
import { may, useMe } from "../../api/session";
import { PickTags } from "../../ui/pick";
import { useErrorText } from "../../ui/problem";
import type { GroupDetail } from ".";

/** The tags of a group, to be changed in place. */
export function GroupTags({ detail }: { detail: GroupDetail }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const mayTag = may(useMe().data, "tag_groups");
  const [chosen, setChosen] = useState<string[]>();
  const { group, tagIds } = detail;
  const save = useMutation({
    mutationFn: (ids: string[]) =>
      call("groups/tag", {
        chatId: group.chatId,
        addIds: ids.filter((id) => !tagIds.includes(id)),
        removeIds: tagIds.filter((id) => !ids.includes(id)),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["group", group.chatId] });
      await queries.invalidateQueries({ queryKey: ["groups"] });
      setChosen(undefined);
    },
    onError: (error) => void message.error(errorText(error)),
  });
  if (chosen === undefined) {
    return (
      <Flex wrap gap="small" align="center">
        {group.tagNames.map((name) => (
          <Tag key={name}>{name}</Tag>
        ))}
        {group.tagNames.length === 0 && t("groups.noTags")}
        {mayTag && (
          <Button size="small" onClick={() => setChosen(tagIds)}>
            {t("groups.editTags")}
          </Button>
        )}
      </Flex>
    );
  }
  return (
    <Flex wrap gap="small">
      <PickTags
        autoFocus
        aria-label={t("groups.tags")}
        style={{ minWidth: 220, flex: 1 }}
        value={chosen}
        onChange={setChosen}
      />
      <Button type="primary" loading={save.isPending} onClick={() => save.mutate(chosen)}>
        {t("groups.saveTags")}
      </Button>
      <Button onClick={() => setChosen(undefined)}>{t("groups.cancel")}</Button>
    </Flex>
  );
}
