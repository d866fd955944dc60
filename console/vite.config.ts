import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The console, and the page about the open API.
      input: ["index.html", "docs.html"],
      output: {
        codeSplitting: {
          // What every page needs in few files: dozens of small ones compress worse and cost a request each.
          groups: [
            {
              name: "base",
              test: /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|@tanstack)\//,
            },
            {
              name: "house",
              test: /src\/(api|i18n\/(?!en)|ui\/(title|problem|time|list-state|scroll-table|layout|language|navigation))/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["api", "stream", "upload", "file", "export", "wecom/start", "wecom/callback"].map((path) => [
        `/console/${path}`,
        process.env.SIYU_URL ?? "http://127.0.0.1:8080",
      ]),
    ),
  },
});
