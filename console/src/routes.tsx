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
        { index: true, loader: () => redirect("/groups") },
        { path: "groups", lazy: () => import("./pages/groups") },
        { path: "apps", lazy: () => import("./pages/apps") },
        { path: "apps/:appId/calls", lazy: () => import("./pages/app-calls") },
        { path: "users", lazy: () => import("./pages/users") },
        { path: "audit", lazy: () => import("./pages/audit") },
        { path: "account", lazy: () => import("./pages/account") },
        { path: "*", lazy: () => import("./pages/not-found") },
      ],
    },
  ],
  { basename: "/console" },
);
