import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { CallError } from "./api/call";
import { hasLanguage } from "./i18n";
import "./main.css";

// What was refused is refused again; only a server that does not answer is asked once more.
const isWorthAnotherTry = (count: number, error: Error) =>
  count < 2 && error instanceof CallError && (error.status === 0 || error.status >= 502);

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
