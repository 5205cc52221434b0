import { expect, type Page } from "@playwright/test";
import { HtmlValidate } from "html-validate";
import { expectAccessible, expectNoOverflow, pages, test } from "./visit";

const whole = !!process.env.STP_E2E_WHOLE;

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: { "no-inline-style": "error", "long-title": "off" },
});

test.setTimeout(600_000); // axe takes its time on a page with many tables

// axe itself needs scripts: for a reader without, only the page's own are withheld here.
test.use({ javaScriptEnabled: true });

const screen = { width: 1280, height: 800 };

const maxBytes = (name: string) => (name.startsWith("footprint") ? 150 : 300) * 1024;

for (const [name, open] of Object.entries(pages)) {
  test(`${name} is read on every screen and on paper`, async ({ page }, info) => {
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await open(page);
    await expect(page.locator("h1")).toHaveCount(1);
    await expectNoOverflow(page);
    if (info.project.name === "wide") {
      await test.step("fits other screens, paper and chosen colours", () => fits(page));
      await test.step("loses no row on paper", () => keepsRows(page));
      await page.emulateMedia({ media: "screen" });
      await page.setViewportSize(screen);
      const html = await test.step("weighs little before anyone scrolls", () =>
        weigh(page, maxBytes(name)));
      await test.step("asks no other server for anything", () => {
        const { origin } = new URL(page.url());
        expect(requested.length).toBeGreaterThan(2);
        expect(requested.filter((url) => !url.startsWith(origin) && url !== "about:blank")).toEqual(
          [],
        );
      });
      await test.step("is valid HTML", () => isValid(html));
    }
    await page.locator("details").evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    await expectNoOverflow(page);
    if (!whole) await shorten(page);
    await expectAccessible(page);
  });
}

/** Of rows that are built alike it leaves three: axe looks long at every cell. */
async function shorten(page: Page) {
  await page.locator("main").evaluate((main) => {
    const alike = new Map<string, number>();
    for (const body of main.querySelectorAll("tbody")) {
      for (const row of [...body.rows].slice(1)) {
        const built = [row, ...row.querySelectorAll("*")]
          .map(
            (part) => `${part.tagName} ${part.getAttribute("class")} ${part.getAttribute("role")}`,
          )
          .join();
        const before = alike.get(built) ?? 0;
        alike.set(built, before + 1);
        if (before >= 3) row.remove();
      }
    }
  });
}

/** Opens the page again as one who has nothing of it yet, and gives its HTML. */
async function weigh(page: Page, most: number): Promise<string> {
  const address = page.url();
  await page.goto("about:blank");
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.setCacheDisabled", { cacheDisabled: true });
  const loaded: [string, number][] = [];
  const urls = new Map<string, string>();
  network.on("Network.responseReceived", ({ requestId, response }) =>
    urls.set(requestId, response.url),
  );
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    loaded.push([urls.get(requestId) ?? "", encodedDataLength]),
  );
  const response = await page.goto(address);
  await page.waitForLoadState("networkidle");
  const bytes = loaded.reduce((sum, [, length]) => sum + length, 0);
  expect(loaded.length).toBeGreaterThan(2);
  expect(bytes, JSON.stringify(loaded)).toBeLessThan(most);
  const html = await response!.text();
  await network.detach();
  return html;
}

async function fits(page: Page) {
  for (const width of [768, 1920, 2560]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoOverflow(page);
    if (whole && width < 2560) await expectAccessible(page);
  }
  await page.emulateMedia({ forcedColors: "active" });
  await expectNoOverflow(page);
  if (whole) await expectAccessible(page);
  await page.setViewportSize({ width: 718, height: 1000 }); // A4 between its margins
  await page.emulateMedia({ media: "print", forcedColors: "none" });
  await expectNoOverflow(page);
  if (whole) await expectAccessible(page, "paper");
}

async function keepsRows(page: Page) {
  await page.setViewportSize(screen);
  await page.waitForLoadState();
  await page.emulateMedia({ media: "print" });
  const lost = await page
    .locator("main tbody tr, main dl div, main details li")
    .evaluateAll((rows) =>
      rows
        .filter(
          (row) =>
            !row.closest("[data-tab=About], [data-tab=Compare], .about-page, .others, .lists"),
        )
        .filter((row) => !row.checkVisibility() || row.getClientRects().length === 0)
        .map((row) => row.textContent.replace(/\s+/g, " ").slice(0, 80)),
    );
  expect(lost).toEqual([]);
}

async function isValid(html: string) {
  const { results } = await validator.validateString(html);
  const messages = results.flatMap((result) => result.messages);
  expect(messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)).toEqual([]);
}

test("a problem is told in words", async ({ page }) => {
  const response = await page.goto("/no-such-page");
  expect(response?.status()).toBe(404);
  await expectNoOverflow(page);
  await expectAccessible(page);
});
