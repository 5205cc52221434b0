import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: ["main", "pages/claim", "pages/card", "pages/measure"].map((n) => `src/${n}.ts`),
    },
  },
  css: {
    preprocessorOptions: { scss: { loadPaths: ["node_modules"], quietDeps: true } },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    setupFiles: "src/charts/colours.setup.ts",
    css: true,
  },
});
