import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, type Reply } from "../../api/call";
import { useMe } from "../../api/session";
import { ShownOnce } from "../../ui/once";
import { ScrollTable } from "../../ui/scroll-table";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { UserForm } from "./form";

export type User = Reply<"users/list">["rows"][number];

export function Component() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const me = useMe();
  const users = useQuery({ queryKey: ["users"], queryFn: ({ signal }) => call("users/list", {}, signal) });
  const [edited, setEdited] = useState<User | "new">();
  const [shown, setShown] = useState<{ login: string; password: string }>();
  const refresh = () => queries.invalidateQueries({ queryKey: ["users"] });
  const failed = (error: unknown) => void message.error(errorText(error));

  const reset = useMutation({
    mutationFn: async (user: User) => {
      const made = await call("users/reset-password", { id: user.id });
      setShown({ login: user.login, password: made.oneTimePassword });
    },
    onSuccess: refresh,
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: (user: User) => call("users/remove", { id: user.id }),
    onSuccess: refresh,
    onError: failed,
  });
  const ask = (title: string, content: string, act: () => void) => modal.confirm({ title, content, onOk: act });

  if (users.isError) return <ErrorNote error={users.error} again={() => void users.refetch()} />;
  const columns = [
    { title: t("users.login"), dataIndex: "login", key: "login" },
    { title: t("users.name"), dataIndex: "name", key: "name" },
    {
      title: t("users.role"),
      key: "role",
      render: (_: unknown, user: User) => t(user.isSiteAdmin ? "roles.site" : `roles.${user.role}`),
    },
    { title: t("users.staffColumn"), dataIndex: "staffName", key: "staff" },
    {
      title: t("users.state"),
      key: "state",
      render: (_: unknown, user: User) => (
        <>
          {user.isDisabled && <Tag color="red">{t("users.disabled")}</Tag>}
          {user.mustChangePassword && <Tag>{t("users.waits")}</Tag>}
          {user.hasTotp && <Tag color="green">{t("users.totp")}</Tag>}
        </>
      ),
    },
    {
      title: <span className="for-readers">{t("actions")}</span>,
      key: "acts",
      render: (_: unknown, user: User) =>
        user.id !== me.data?.user.id && (
          <Space>
            <Button size="small" onClick={() => setEdited(user)}>
              {t("edit")}
            </Button>
            <Button size="small" onClick={() => ask(t("users.reset"), t("users.resetNote"), () => reset.mutate(user))}>
              {t("users.reset")}
            </Button>
            {!user.isSiteAdmin && (
              <Button danger size="small" onClick={() => ask(t("users.remove"), user.login, () => remove.mutate(user))}>
                {t("users.remove")}
              </Button>
            )}
          </Space>
        ),
    },
  ];
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("nav.users")}
      </Typography.Title>
      <Button type="primary" onClick={() => setEdited("new")} style={{ marginBottom: 16 }}>
        {t("users.create")}
      </Button>
      <ScrollTable<User>
        rowKey="id"
        columns={columns}
        dataSource={users.data?.rows}
        loading={users.isPending}
        pagination={false}
      />
      {edited && (
        <UserForm
          user={edited === "new" ? undefined : edited}
          onMade={(login, password) => setShown({ login, password })}
          onClose={() => {
            setEdited(undefined);
            void refresh();
          }}
        />
      )}
      {shown && <ShownOnce title={shown.login} secret={shown.password} onClose={() => setShown(undefined)} />}
    </>
  );
}
