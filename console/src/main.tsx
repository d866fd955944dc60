import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { isWorthAnotherTry } from "./http";
import { hasLanguage } from "./i18n";
import "./main.css";

const queries = new QueryClient({
  defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 10_000 } },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// Without English there is Chinese.
await hasLanguage.catch(() => undefined);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
