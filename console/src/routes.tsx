import { createBrowserRouter, redirect } from "react-router";
import { Layout } from "./ui/layout";
import { Problem } from "./ui/problem";

// Each page is a chunk of its own.
export const router = createBrowserRouter(
  [
    { path: "/sign-in", lazy: () => import("./pages/sign-in") },
    { path: "/password", lazy: () => import("./pages/password") },
    {
      path: "/",
      Component: Layout,
      ErrorBoundary: Problem,
      children: [
        { index: true, loader: () => redirect("/groups") },
        { path: "groups", lazy: () => import("./pages/groups") },
        { path: "apps", lazy: () => import("./pages/apps") },
        { path: "users", lazy: () => import("./pages/users") },
        { path: "audit", lazy: () => import("./pages/audit") },
        { path: "account", lazy: () => import("./pages/account") },
        { path: "*", lazy: () => import("./pages/not-found") },
      ],
    },
  ],
  { basename: "/console" },
);
