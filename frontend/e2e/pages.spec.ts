import { expect } from "@playwright/test";
import { HtmlValidate } from "html-validate";
import { expectAccessible, expectNoOverflow, pages, test } from "./visit";

const whole = !!process.env.STP_E2E_WHOLE;

const validator = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: { "no-inline-style": "error", "long-title": "off" },
});

test.setTimeout(180_000); // axe takes its time on a page with many tables

// axe itself needs scripts: for a reader without, only the page's own are withheld here.
test.use({ javaScriptEnabled: true });

for (const [name, open] of Object.entries(pages)) {
  test(`${name} is accessible and fits the screen, folded and unfolded`, async ({ page }) => {
    await open(page);
    await expect(page.locator("h1")).toHaveCount(1);
    await expectNoOverflow(page);
    await page.locator("details").evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    await expectNoOverflow(page);
    await expectAccessible(page);
  });

  test(`${name} fits other screens, paper and chosen colours`, async ({ page }, info) => {
    test.skip(info.project.name !== "wide", "sets its own sizes");
    await open(page);
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
  });

  test(`${name} loses no row on paper`, async ({ page }, info) => {
    test.skip(info.project.name !== "wide", "one printer will do");
    await open(page);
    await page.waitForLoadState();
    await page.emulateMedia({ media: "print" });
    const lost = await page
      .locator("main tbody tr, main dl div, main details li")
      .evaluateAll((rows) =>
        rows
          .filter(
            (row) => !row.closest("[data-tab=About], [data-tab=Compare], .about-page, .others"),
          )
          .filter((row) => !row.checkVisibility() || row.getClientRects().length === 0)
          .map((row) => row.textContent.replace(/\s+/g, " ").slice(0, 80)),
      );
    expect(lost).toEqual([]);
  });

  test(`${name} is valid HTML and asks no other server for anything`, async ({ page }, info) => {
    test.skip(info.project.name !== "wide", "the same for every reader");
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await open(page);
    await page.waitForLoadState("networkidle");
    const { origin } = new URL(page.url());
    expect(requested.filter((url) => !url.startsWith(origin))).toEqual([]);

    const html = await (await page.request.get(page.url())).text();
    const { results } = await validator.validateString(html);
    const messages = results.flatMap((result) => result.messages);
    expect(messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)).toEqual([]);
  });
}

test("a problem is told in words", async ({ page }) => {
  const response = await page.goto("/no-such-page");
  expect(response?.status()).toBe(404);
  await expectNoOverflow(page);
  await expectAccessible(page);
});
