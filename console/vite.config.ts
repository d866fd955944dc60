import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: { manifest: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: Object.fromEntries(
      ["api", "stream", "upload", "file", "export", "wecom/start", "wecom/callback"].map((path) => [
        `/console/${path}`,
        process.env.SIYU_URL ?? "http://127.0.0.1:8080",
      ]),
    ),
  },
});
