import {
  ApiOutlined,
  CalendarOutlined,
  CommentOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  LinkOutlined,
  PictureOutlined,
  ScheduleOutlined,
  SyncOutlined,
  TagsOutlined,
  TeamOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Dropdown, Grid, Layout as AntLayout, Menu, Select, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { call, CallError } from "../api/call";
import { may, useMe, type Me } from "../api/session";
import { LanguageSwitch } from "./language";
import { ErrorNote } from "./problem";

const PAGES = [
  {
    name: "work",
    pages: [
      { path: "/overview", right: "read", Icon: DashboardOutlined },
      { path: "/sops", right: "read", Icon: ScheduleOutlined },
      { path: "/calendar", right: "read", Icon: CalendarOutlined },
    ],
  },
  {
    name: "data",
    pages: [
      { path: "/groups", right: "read", Icon: CommentOutlined },
      { path: "/group-tags", right: "read", Icon: TagsOutlined },
      { path: "/staff", right: "read", Icon: TeamOutlined },
      { path: "/materials", right: "read", Icon: PictureOutlined },
    ],
  },
  {
    name: "settings",
    pages: [
      { path: "/apps", right: "manage_apps", Icon: ApiOutlined },
      { path: "/wecom", right: "manage_wecom", Icon: LinkOutlined },
      { path: "/sync", right: "manage_wecom", Icon: SyncOutlined },
      { path: "/users", right: "manage_users", Icon: UserOutlined },
      { path: "/audit", right: "read_audit", Icon: FileSearchOutlined },
    ],
  },
] as const;

/** The frame of every page for whoever is signed in. */
export function Layout() {
  const me = useMe();
  const location = useLocation();
  const isWide = Grid.useBreakpoint().lg ?? true;
  const [isOpen, setOpen] = useState(false);
  const { t } = useTranslation();

  if (me.isPending) return <Spin fullscreen />;
  if (me.isError) {
    if (me.error instanceof CallError && me.error.status === 401) {
      const to = encodeURIComponent(location.pathname + location.search);
      return <Navigate to={`/sign-in?to=${to}`} replace />;
    }
    return <ErrorNote error={me.error} again={() => void me.refetch()} />;
  }
  if (me.data.user.mustChangePassword) return <Navigate to="/password" replace />;

  const menu = <Navigation me={me.data} onChoose={() => setOpen(false)} />;
  return (
    <AntLayout style={{ minHeight: "100%" }}>
      {isWide && (
        <AntLayout.Sider theme="light" width={208}>
          <div className="brand">{t("product")}</div>
          {menu}
        </AntLayout.Sider>
      )}
      <AntLayout>
        <AntLayout.Header className="bar">
          {!isWide && (
            <Button onClick={() => setOpen(true)} aria-label={t("nav.open")}>
              ☰
            </Button>
          )}
          <span className="bar-rest" />
          <CompanySwitch me={me.data} />
          <LanguageSwitch />
          <UserMenu me={me.data} />
        </AntLayout.Header>
        <AntLayout.Content className="page">
          <Outlet />
        </AntLayout.Content>
      </AntLayout>
      <Drawer placement="left" open={isOpen && !isWide} onClose={() => setOpen(false)} title={t("product")} size={240}>
        {menu}
      </Drawer>
    </AntLayout>
  );
}

function Navigation({ me, onChoose }: { me: Me; onChoose: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const items = PAGES.map(({ name, pages }) => ({
    key: name,
    type: "group" as const,
    label: t(`nav.${name}`),
    children: pages
      .filter((page) => may(me, page.right))
      .map(({ path, Icon }) => ({
        key: path,
        icon: <Icon />,
        label: (
          <Link to={path} onClick={onChoose}>
            {t(`nav.${path.slice(1)}`)}
          </Link>
        ),
      })),
  })).filter(({ children }) => children.length > 0);
  return <Menu mode="inline" selectedKeys={[`/${pathname.split("/")[1]}`]} items={items} />;
}

function CompanySwitch({ me }: { me: Me }) {
  const queries = useQueryClient();
  const { t } = useTranslation();
  if (me.companies.length < 2) return <span className="company">{me.company?.name}</span>;
  const choose = async (companyId: string) => {
    await call("session/choose-company", { companyId });
    // Everything that was shown is another company's.
    await queries.resetQueries();
  };
  return (
    <Select
      aria-label={t("company")}
      value={me.company?.id}
      onChange={(id) => void choose(id)}
      options={me.companies.map((company) => ({ value: company.id, label: company.name }))}
    />
  );
}

function UserMenu({ me }: { me: Me }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { t } = useTranslation();
  const signOut = async () => {
    await call("session/sign-out", {});
    queries.clear();
    await navigate("/sign-in");
  };
  const items = [
    { key: "account", label: t("nav.account"), onClick: () => void navigate("/account") },
    { key: "sign-out", label: t("signOut"), onClick: () => void signOut() },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]}>
      <Button type="text">{me.user.name}</Button>
    </Dropdown>
  );
}
