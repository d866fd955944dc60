import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Empty, Flex, Space, Switch, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { call, type Reply } from "../../api/call";
import { ShownOnce } from "../../ui/once";
import { ScrollTable } from "../../ui/scroll-table";
import { ErrorNote, useErrorText } from "../../ui/problem";
import { AppForm } from "./form";

export type ApiApp = Reply<"apps/list">["rows"][number];

export function Component() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const errorText = useErrorText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const apps = useQuery({ queryKey: ["apps"], queryFn: ({ signal }) => call("apps/list", {}, signal) });
  const [edited, setEdited] = useState<ApiApp | "new">();
  const [key, setKey] = useState<Reply<"apps/create">>();
  const refresh = () => queries.invalidateQueries({ queryKey: ["apps"] });
  const failed = (error: unknown) => void message.error(errorText(error));

  const enable = useMutation({
    mutationFn: (app: ApiApp) => call("apps/edit", { ...app, isEnabled: !app.isEnabled }),
    onSuccess: refresh,
    onError: failed,
  });
  const rotate = useMutation({
    mutationFn: (app: ApiApp) => call("apps/rotate", { appId: app.appId }),
    onSuccess: setKey,
    onError: failed,
  });
  const askToRotate = (app: ApiApp) =>
    modal.confirm({ title: t("apps.rotate"), content: t("apps.rotateNote"), onOk: () => rotate.mutate(app) });

  if (apps.isError) return <ErrorNote error={apps.error} again={() => void apps.refetch()} />;
  const columns = [
    { title: "appId", dataIndex: "appId", key: "appId" },
    { title: t("apps.name"), dataIndex: "name", key: "name" },
    {
      title: t("apps.scopes"),
      key: "scopes",
      render: (_: unknown, app: ApiApp) =>
        app.scopes.length ? app.scopes.map((scope) => <Tag key={scope}>{scope}</Tag>) : t("apps.allScopes"),
    },
    {
      title: t("apps.addresses"),
      key: "addresses",
      render: (_: unknown, app: ApiApp) => app.addresses.join(" ") || t("apps.anywhere"),
    },
    {
      title: t("apps.enabled"),
      key: "enabled",
      render: (_: unknown, app: ApiApp) => (
        <Switch aria-label={t("apps.enabled")} checked={app.isEnabled} onChange={() => enable.mutate(app)} />
      ),
    },
    {
      title: <span className="for-readers">{t("actions")}</span>,
      key: "acts",
      render: (_: unknown, app: ApiApp) => (
        <Space>
          <Button size="small" onClick={() => setEdited(app)}>
            {t("edit")}
          </Button>
          <Button size="small" onClick={() => askToRotate(app)}>
            {t("apps.rotate")}
          </Button>
          <Button size="small" onClick={() => void navigate(`/apps/${encodeURIComponent(app.appId)}/calls`)}>
            {t("apps.calls")}
          </Button>
        </Space>
      ),
    },
  ];
  return (
    <>
      <Typography.Title level={1} style={{ fontSize: 22 }}>
        {t("nav.apps")}
      </Typography.Title>
      <Flex gap="middle" align="center" style={{ marginBottom: 16 }}>
        <Button type="primary" onClick={() => setEdited("new")}>
          {t("apps.create")}
        </Button>
        <a href="/docs" target="_blank" rel="noopener">
          {t("apps.docs")}
        </a>
      </Flex>
      <ScrollTable<ApiApp>
        rowKey="appId"
        columns={columns}
        dataSource={apps.data?.rows}
        loading={apps.isPending}
        pagination={false}
        locale={{ emptyText: <Empty description={t("apps.none")} /> }}
      />
      {edited && (
        <AppForm
          app={edited === "new" ? undefined : edited}
          scopes={apps.data?.scopes ?? []}
          onMade={setKey}
          onClose={() => {
            setEdited(undefined);
            void refresh();
          }}
        />
      )}
      {key && <ShownOnce title={key.appId} secret={key.appKey} onClose={() => setKey(undefined)} />}
    </>
  );
}
