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
import { Menu } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { may, type Me } from "../api/session";

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

const NAMED: string[] = [...PAGES.flatMap(({ pages }) => pages.map((page) => page.path)), "/account"];

/** The first part of the address: the page that is shown, or the one above it. */
const usePlace = () => `/${useLocation().pathname.split("/")[1]}`;

/** What the browser's tab says. A page that knows better puts a <title> of its own, which comes before this one. */
export function useTabTitle(): string {
  const { t } = useTranslation();
  const place = usePlace();
  return NAMED.includes(place) ? `${t(`nav.${place.slice(1)}`)} - ${t("product")}` : t("product");
}

/** The pages that somebody may see. */
export function Navigation({ me, onChoose }: { me: Me; onChoose: () => void }) {
  const { t } = useTranslation();
  const place = usePlace();
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
          <Link to={path} onClick={onChoose} aria-current={path === place ? "page" : undefined}>
            {t(`nav.${path.slice(1)}`)}
          </Link>
        ),
      })),
  })).filter(({ children }) => children.length > 0);
  return (
    <nav aria-label={t("nav.all")}>
      <Menu mode="inline" selectedKeys={[place]} items={items} className="side-menu" />
    </nav>
  );
}
