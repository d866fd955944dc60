import { createBrowserRouter, redirect } from "react-router";
import { Layout } from "./ui/layout";
import { Loading } from "./ui/loading";
import { Problem } from "./ui/problem";

// Each page is a chunk of its own.
export const router = createBrowserRouter(
  [
    { path: "/sign-in", HydrateFallback: Loading, lazy: () => import("./pages/sign-in") },
    { path: "/password", HydrateFallback: Loading, lazy: () => import("./pages/password") },
    {
      path: "/",
      Component: Layout,
      ErrorBoundary: Problem,
      HydrateFallback: Loading,
      children: [
        { index: true, loader: () => redirect("/overview") },
        { path: "overview", lazy: () => import("./pages/overview") },
        { path: "sops", lazy: () => import("./pages/sops") },
        { path: "sops/new", lazy: () => import("./pages/sop-editor") },
        { path: "sops/:sopId", lazy: () => import("./pages/sop") },
        { path: "sops/:sopId/edit", lazy: () => import("./pages/sop-editor") },
        { path: "calendar", lazy: () => import("./pages/calendar") },
        { path: "groups", lazy: () => import("./pages/groups") },
        { path: "groups/:chatId", lazy: () => import("./pages/group") },
        { path: "group-tags", lazy: () => import("./pages/group-tags") },
        { path: "staff", lazy: () => import("./pages/staff") },
        { path: "materials", lazy: () => import("./pages/materials") },
        { path: "apps", lazy: () => import("./pages/apps") },
        { path: "apps/:appId/calls", lazy: () => import("./pages/app-calls") },
        { path: "wecom", lazy: () => import("./pages/wecom") },
        { path: "sync", lazy: () => import("./pages/sync") },
        { path: "users", lazy: () => import("./pages/users") },
        { path: "audit", lazy: () => import("./pages/audit") },
        { path: "account", lazy: () => import("./pages/account") },
        { path: "*", lazy: () => import("./pages/not-found") },
      ],
    },
  ],
  { basename: "/console" },
);
