import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: "src/main.ts" },
  },
  css: {
    preprocessorOptions: { scss: { loadPaths: ["node_modules"], quietDeps: true } },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
