// The staff's own pages: /h5 from a notice in WeCom, /h5/group in the tool bar of a group's chat.
import { QueryCache, QueryClient, QueryClientProvider, MutationCache } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Navigate, RouterProvider } from "react-router";
import { isWorthAnotherTry } from "../http";
import GroupPage from "./group";
import { LanguageOf } from "./language";
import { Broken, Told } from "./parts";
import { goAndSignIn, isSignedOut } from "./session";
import SignInPage from "./sign-in";
import TaskPage from "./task";
import TasksPage from "./tasks";
import "./h5.css";

const router = createBrowserRouter(
  [
    {
      errorElement: <Broken />,
      children: [
        { path: "/", element: <TasksPage /> },
        { path: "/notice/:companyId/:noticeId", element: <TasksPage /> },
        { path: "/group", element: <GroupPage /> },
        { path: "/task/:id", element: <TaskPage /> },
        { path: "/sign-in", element: <SignInPage /> },
        { path: "*", element: <Navigate to="/" replace /> },
      ],
    },
  ],
  { basename: "/h5/" },
);

let isLeaving = false;
const onError = (error: Error) => {
  if (!isSignedOut(error) || isLeaving) return;
  isLeaving = true;
  goAndSignIn();
};

const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 5_000 } },
});

const root = document.getElementById("h5");
if (!root) throw new Error("h5.html has no #h5");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageOf>
        <Told>
          <RouterProvider router={router} />
        </Told>
      </LanguageOf>
    </QueryClientProvider>
  </StrictMode>,
);
