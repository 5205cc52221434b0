import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

/** A test that fails on any error in the console: a refused style, a missing file. */
export const test = base.extend({
  page: async ({ page }, use, { project }) => {
    if (project.use.javaScriptEnabled === false) {
      await page.route("**/assets/*.js", (route) =>
        route.fulfill({ contentType: "text/javascript", body: "" }),
      );
    }
    const errors: string[] = [];
    page.on("console", (message) => {
      const notFound = message.text().includes("404") && message.location().url === page.url();
      if (message.type() === "error" && !notFound) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    await use(page);
    expect(errors).toEqual([]);
  },
});

/** How each kind of page is reached by a reader. */
export const pages: Record<string, (page: Page) => Promise<unknown>> = {
  England: (page) => page.goto("/"),
  "measure without figures": (page) => page.goto("/?measure=complex_needs_care_plan"),
  region: async (page) => {
    await page.goto("/");
    await page.locator("[data-footprint] td:nth-child(2) a").first().click();
    await page.waitForURL(/regions/);
  },
  reviews: async (page) => {
    await page.goto("/");
    await page.getByRole("navigation", { name: "Main" }).getByText("Review").click();
  },
  review: async (page) => {
    await pages.region!(page);
    await page.getByRole("link", { name: "Weekly review", exact: true }).click();
    await page.waitForURL(/week=/);
  },
  compare: async (page) => {
    await pages.loads!(page);
    await page.getByRole("link", { name: "Compare two moments" }).click();
    await page.getByLabel("Earlier", { exact: true }).fill("1");
    await page.getByLabel("Measure", { exact: true }).selectOption("ae_four_hour");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.waitForURL(/measure=ae_four_hour/);
  },
  footprint: async (page) => {
    await page.goto("/");
    await page.locator("[data-footprint] th a").first().click();
  },
  "footprint, what is off track": (page) => page.goto("/footprints/E54000005?show=off-track"),
  "footprint with little": (page) => page.goto("/footprints/UNALLOCATED"),
  responsibilities: (page) => page.goto("/responsibilities"),
  card: (page) => page.goto("/footprints/E54000005/emergency_admissions"),
  "card off track": (page) => page.goto("/footprints/E54000005/ae_four_hour"),
  "card of an estimate": (page) => page.goto("/footprints/E54000005/delayed_days"),
  "card without figures": (page) => page.goto("/footprints/E54000005/complex_needs_care_plan"),
  "card of England": (page) => page.goto("/footprints/ENG/delayed_transfer_days"),
  money: async (page) => {
    await pages.footprint!(page);
    await page.getByRole("link", { name: "Money of this place" }).click();
    await page.waitForURL(/money$/);
  },
  measure: async (page) => {
    await page.goto("/?measure=ae_four_hour");
    await page.getByRole("link", { name: "Compare the 44 footprints" }).click();
    await page.getByLabel("Period", { exact: true }).selectOption("2018-09");
    await page.getByRole("button", { name: "Show period" }).click();
    await page.waitForURL(/period=2018-09/);
  },
  "measure without a comparison": (page) => page.goto("/measures/trust_surplus"),
  "measure of England alone": (page) => page.goto("/measures/delayed_transfer_days"),
  provenance: async (page) => {
    await page.goto("/");
    await page.locator("[data-footprint] td.number a").first().click();
  },
  claims: async (page) => {
    await page.goto("/");
    await page.getByRole("navigation", { name: "Main" }).getByText("Claims").click();
  },
  "claim with a counterfactual": async (page) => {
    await pages.claims!(page);
    await page
      .locator("details", { hasText: "900 emergency admissions avoided" })
      .locator("summary")
      .first()
      .click();
    await page.getByRole("link", { name: "900 emergency admissions avoided" }).click();
  },
  "claim that cannot be tested": (page) => page.goto("/claims/mid_nottinghamshire_admissions"),
  "claim of a plan": (page) => page.goto("/claims/better_care_fund_admissions"),
  calibration: (page) => page.goto("/calibration"),
  data: async (page) => {
    await page.goto("/");
    await page.getByRole("navigation", { name: "Main" }).getByText("Data").click();
  },
  loads: async (page) => {
    await pages.data!(page);
    await page.getByRole("link", { name: "All loads", exact: true }).click();
  },
  downloads: async (page) => {
    await pages.data!(page);
    await page.getByRole("link", { name: "Downloads for analysts" }).click();
  },
  load: async (page) => {
    await pages.loads!(page);
    await page.locator("tbody th a").first().click();
  },
  method: async (page) => {
    await page.goto("/");
    await page.getByText("About this page").click();
    await page.getByRole("link", { name: "How figures are made" }).click();
    await page.waitForURL(/method#figures/);
  },
  search: async (page) => {
    await page.goto("/claims?as_of=4");
    await page.getByRole("searchbox").fill("st. georges");
    await page.keyboard.press("Enter");
    await page.waitForURL(/search\?as_of=4&q=st/);
  },
  "search that finds nothing": (page) => page.goto("/search?q=xyzzy"),
};

/** The number of the newest load whose figures are shown. */
export async function newestLoad(page: Page): Promise<number> {
  const answer = await page.request.get("/api/v1/loads?state=published&limit=1");
  return (await answer.json())[0].load_id;
}

export async function expectAccessible(page: Page, medium = "screen"): Promise<void> {
  await page.waitForLoadState();
  const { violations } = await new AxeBuilder({ page })
    .options({
      resultTypes: ["violations"], // the rest is not gathered
      rules: { "target-size": { enabled: medium === "screen" } }, // nobody presses a link on paper
    })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html]))).toEqual([]);
}

/** The page itself never scrolls sideways; a wide table scrolls within its region. */
export async function expectNoOverflow(page: Page): Promise<void> {
  await page.waitForLoadState(); // a link may have led here, whose styles are still on their way
  const box = await page.locator("html").evaluate((html) => [html.scrollWidth, html.clientWidth]);
  expect(box[0]).toBeLessThanOrEqual(box[1]!);
}
