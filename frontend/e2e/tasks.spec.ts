import { expect, type Locator, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { test } from "./visit";

test.setTimeout(600_000); // many a key is pressed

// What the three kinds of reader come for, with the keyboard alone.

/** Goes on with the Tab key until something has the focus, and answers with how many presses it took. */
async function tabTo(page: Page, wanted: Locator, maxTabs: number): Promise<void> {
  for (let i = 0; i < maxTabs; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      });
      expect(outline, "the focus can be seen").toBe(true);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`not reached with ${maxTabs} Tabs: ${wanted}`);
}

async function follow(page: Page, link: Locator, maxTabs = 60): Promise<void> {
  await tabTo(page, link, maxTabs);
  await page.keyboard.press("Enter");
}

/** Leaves out what stands at the head of every page. */
async function skip(page: Page): Promise<void> {
  await follow(page, page.getByRole("link", { name: "Skip to main content" }), 3);
}

async function searchFor(page: Page, words: string): Promise<void> {
  await page.goto("/");
  await tabTo(page, page.getByRole("searchbox"), 15);
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.waitForURL(/search/);
}

test("a lead finds why a measure is off track", async ({ page, javaScriptEnabled }) => {
  await searchFor(page, "Gloucestershire");
  await follow(
    page,
    page.getByRole("main").getByRole("link", { name: "Gloucestershire", exact: true }).first(),
  );
  await page.waitForURL(/footprints/);
  const glance = page.getByRole("heading", { name: /off track/ });
  const row = page
    .locator("tr", { hasText: "Off track" })
    .filter({ hasText: "Seen in A&E within four hours" })
    .first();
  await expect(glance).toBeVisible();
  await follow(page, row.getByRole("link"));
  await page.waitForURL(/ae_four_hour$/);
  await skip(page);
  const card = page.locator("#ae_four_hour");
  await expect(card).toBeInViewport();
  await expect(card).toContainText(
    /Target: at least 95.0% in December 2021\. 23\.7\d? points short; .*off track since/,
  );
  await expect(card).toContainText(/Not known|Concern|No significant change/);
  await tabTo(page, card.getByText("About this target").first(), 10);
  await page.keyboard.press("Enter");
  await expect(card.getByText("Source:").first()).toBeVisible();
  await follow(page, card.getByRole("link", { name: "By organisation" }), 10);
  await page.waitForURL(/provenance/);
  const organisations = page.getByRole("table").filter({ hasText: "Part of the denominator" });
  await expect(organisations.getByRole("row").nth(1)).toContainText("Gloucestershire Hospitals");
  if (javaScriptEnabled !== false) {
    await page.goBack();
    const drawing = card.locator(".chart__drawing");
    const slider = card.getByRole("slider", { name: "Read the chart" });
    await expect(slider).toHaveAttribute("aria-valuetext", /^December 2021: 71\.3%/);
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await expect(slider).toHaveAttribute("aria-valuetext", /^November 2021: /);
    await expect(card.locator(".slider__words")).toHaveText(/^November 2021: /);
    await expect(drawing).toContainText("November 2021");
  }
});

test("an auditor takes a figure to its cell and a claim to its audit pack", async ({ page }) => {
  await searchFor(page, "QR1");
  await follow(
    page,
    page.getByRole("main").getByRole("link", { name: "Gloucestershire", exact: true }).first(),
  );
  const card = page.locator("#emergency_admissions");
  const row = page.locator("tr#emergency_admissions");
  await expect(row).toContainText("4,043");
  await follow(page, row.getByRole("link"));
  await page.waitForURL(/emergency_admissions$/);
  await skip(page);
  await follow(page, card.locator(".latest").getByRole("link").first(), 10);
  await page.waitForURL(/provenance/);
  const cell = page
    .getByRole("table")
    .filter({ hasText: "As published" })
    .locator("tbody tr")
    .first();
  for (const label of ["File", "Row", "Column", "As published"])
    await expect(cell.locator(`[data-label="${label}"]`)).toHaveText(/\S/);
  await expect(page.getByText(/^[0-9a-f]{64}$/).first()).toBeVisible();

  await searchFor(page, "better care fund admissions");
  await follow(
    page,
    page
      .getByRole("main")
      .getByRole("link", { name: /106,000 fewer/ })
      .first(),
  );
  await page.waitForURL(/claims/);
  await expect(page.getByText("Moved the other way").first()).toBeVisible();
  await follow(page, page.getByRole("link", { name: "Audit pack and provenance" }));
  const download = page.waitForEvent("download");
  await follow(page, page.getByRole("link", { name: "Audit pack (zip)" }), 10);
  const pack = await readFile((await (await download).path())!);
  expect(pack.subarray(0, 2).toString()).toBe("PK");
});

test("a board prints its week", async ({ page, javaScriptEnabled }, info) => {
  await page.goto("/");
  await follow(page, page.getByRole("navigation", { name: "Main" }).getByText("Review"), 10);
  await follow(page, page.getByRole("main").getByRole("link", { name: "London", exact: true }), 30);
  await page.waitForURL(/review\?region=london&week=/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("London");
  if (javaScriptEnabled === false || info.project.name !== "wide") return; // one printer will do
  const printed = await page.pdf({ format: "A4" });
  const sheets = printed.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(sheets).toBeGreaterThan(0);
  expect(sheets).toBeLessThanOrEqual(6);
});
