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
      // The console, the page about the open API, and the staff's own pages.
      input: ["index.html", "docs.html", "h5.html"],
      output: {
        codeSplitting: {
          // What every page needs in few files: dozens of small ones compress worse and cost a request each.
          groups: [
            // What the staff's own pages need as well, who load no more than they must.
            {
              name: "react",
              test: /node_modules\/(react|react-dom|scheduler|react-router|cookie|set-cookie-parser|@tanstack)\/|src\/http|vite\/preload-helper/,
              priority: 1,
            },
            {
              name: "base",
              test: /node_modules\/(i18next|react-i18next)\//,
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
