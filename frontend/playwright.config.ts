import { defineConfig } from "@playwright/test";

const address = process.env.STP_E2E_ADDRESS;
if (!address) throw new Error("STP_E2E_ADDRESS names the server to test: http://127.0.0.1:8044");

// Each page is opened in the two settings that differ most, and with STP_E2E_WHOLE in all four: make browsers.
const whole = !!process.env.STP_E2E_WHOLE;
const differing = ["wide", "narrow, no script"];

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 320, height: 640 } };

export default defineConfig({
  testDir: "e2e",
  // What people do needs accounts, and is tried alone, by whom a code is given to.
  testMatch: process.env.STP_E2E_CODE ? "acting.spec.ts" : "!(acting).spec.ts",
  workers: 2,
  timeout: 300_000, // these bound what hangs, on machines that are slow and busy too
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: address,
    locale: "en-GB",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: Object.entries(sizes)
    .flatMap(([name, viewport]) => [
      { name, use: { viewport } },
      { name: `${name}, no script`, use: { viewport, javaScriptEnabled: false } },
    ])
    .filter(({ name }) => whole || differing.includes(name)),
});
