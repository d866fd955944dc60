import { MenuOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Dropdown, Grid, Layout as AntLayout, Select, Spin } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, useLocation, useNavigate, useNavigationType } from "react-router";
import { call, CallError } from "../api/call";
import { useMe, type Me } from "../api/session";
import { LanguageSwitch } from "./language";
import { Navigation, useTabTitle } from "./navigation";
import { ErrorNote } from "./problem";
import { TroubleBell } from "./troubles";

const NoCompany = lazy(() => import("../pages/wecom/no-company"));

/** The frame of every page for whoever is signed in. */
export function Layout() {
  const me = useMe();
  const location = useLocation();

  if (me.isPending) return <Spin fullscreen />;
  if (me.isError) {
    if (me.error instanceof CallError && me.error.status === 401) {
      const to = encodeURIComponent(location.pathname + location.search);
      return <Navigate to={`/sign-in?to=${to}`} replace />;
    }
    return <ErrorNote error={me.error} again={() => void me.refetch()} />;
  }
  if (me.data.user.mustChangePassword) return <Navigate to="/password" replace />;
  return <Frame me={me.data} />;
}

function Frame({ me }: { me: Me }) {
  const { t } = useTranslation();
  const isWide = Grid.useBreakpoint().lg ?? true;
  const [isOpen, setOpen] = useState(false);
  const tabTitle = useTabTitle();
  useTopOfNewPage();
  const menu = <Navigation me={me} onChoose={() => setOpen(false)} />;
  return (
    <AntLayout className="frame">
      <title>{tabTitle}</title>
      <SkipLink />
      {isWide && (
        <AntLayout.Sider theme="light" width={208} className="side">
          <Brand />
          {menu}
        </AntLayout.Sider>
      )}
      <AntLayout>
        <AntLayout.Header className="bar">
          {!isWide && (
            <Button type="text" icon={<MenuOutlined />} onClick={() => setOpen(true)} aria-label={t("nav.open")} />
          )}
          <CompanySwitch me={me} />
          <span className="bar-rest" />
          <TroubleBell me={me} />
          <LanguageSwitch />
          <UserMenu me={me} />
        </AntLayout.Header>
        <AntLayout.Content className="page" id="content" tabIndex={-1}>
          <Content me={me} />
        </AntLayout.Content>
      </AntLayout>
      <Drawer placement="left" open={isOpen && !isWide} onClose={() => setOpen(false)} title={t("product")} size={260}>
        {menu}
      </Drawer>
    </AntLayout>
  );
}

/** Where there is no company, only the own account can be shown. */
function Content({ me }: { me: Me }) {
  const { pathname } = useLocation();
  if (me.company || pathname === "/account") return <Outlet />;
  return (
    <Suspense fallback={<Spin />}>
      <NoCompany me={me} />
    </Suspense>
  );
}

/** A page begins at its top; one that is gone back to is where it was left. */
function useTopOfNewPage() {
  const { pathname } = useLocation();
  const isBack = useNavigationType() === "POP";
  useEffect(() => {
    if (!isBack) window.scrollTo(0, 0);
  }, [pathname, isBack]);
}

function SkipLink() {
  const { t } = useTranslation();
  const skip = (event: React.MouseEvent) => {
    event.preventDefault();
    document.getElementById("content")?.focus();
  };
  return (
    <a href="#content" className="skip" onClick={skip}>
      {t("nav.skip")}
    </a>
  );
}

function Brand() {
  const { t } = useTranslation();
  return (
    <div className="brand">
      <span className="brand-mark" aria-hidden>
        私
      </span>
      {t("product")}
    </div>
  );
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
      className="company-switch"
      variant="filled"
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
      <Button type="text" icon={<UserOutlined />} aria-haspopup="menu">
        <span className="user-name">{me.user.name}</span>
      </Button>
    </Dropdown>
  );
}
