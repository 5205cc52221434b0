import { expect } from "@playwright/test";
import { newestLoad, pages, test } from "./visit";

const whole = !!process.env.STP_E2E_WHOLE;

test("England shows 44 footprints on the map and in the table", async ({ page }) => {
  await pages.England!(page);
  await expect(page.locator(".tile")).toHaveCount(44);
  await expect(page.locator("[data-footprint]")).toHaveCount(44);
  await expect(page.locator("tbody").first().locator("th")).toContainText("England");
  await expect(page.locator(".tile__value").filter({ hasText: /^\s*$/ })).toHaveCount(0);
});

test("a heading sorts the table, and again turns it round", async ({ page }) => {
  await pages.England!(page);
  const heading = page.locator("thead th.number").first();
  const figures = async () =>
    (await page.locator("[data-footprint] td:nth-child(3)").all()).map((cell) =>
      cell.getAttribute("data-value"),
    );
  const published = async () => (await Promise.all(await figures())).filter(Boolean).map(Number);

  await heading.getByRole("link").click();
  await expect(heading).toHaveAttribute("aria-sort", /ascending|descending/);
  const first = await published();
  const order = (a: number, b: number) => (first[0]! < first.at(-1)! ? a - b : b - a);
  expect(first).toEqual(first.toSorted(order));
  const missing = (await Promise.all(await figures())).slice(first.length);
  expect(missing.every((value) => value === "")).toBe(true);

  await heading.getByRole("link").click();
  await expect.poll(published).toEqual(first.toReversed());
});

test("another measure is chosen with a button", async ({ page }) => {
  await pages.England!(page);
  const select = page.getByLabel("Measure");
  const other = await select.locator("option:not([selected])").first().getAttribute("value");
  await select.selectOption(other);
  await page.getByRole("button", { name: "Show measure" }).click();
  await expect(page).toHaveURL(new RegExp(`measure=${other}`));
  await expect(page.getByLabel("Measure")).toHaveValue(other!);
});

test("the as-of form looks back and leads back to now", async ({ page }) => {
  await pages.footprint!(page);
  const now = new URL(page.url());
  await page.getByText("Look back to an earlier date").click();
  await page.getByLabel("Show figures as they stood on").fill("4");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/as_of=4/);
  const notice = page.getByText("You are looking at figures");
  await expect(notice).toBeVisible();
  await notice.getByRole("link").click();
  expect(new URL(page.url()).pathname).toBe(now.pathname);
  await expect(notice).toBeHidden();
});

test("a reader keeps a list of pages", async ({ page, javaScriptEnabled }) => {
  await page.goto("/footprints/E54000005/emergency_admissions?as_of=4");
  const add = page.getByRole("button", { name: "Add to my list" });
  if (!javaScriptEnabled) {
    await expect(add).toHaveCount(0);
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "My list" })).toBeHidden();
    return;
  }
  const title = await page.locator("h1").textContent();
  await add.click();
  await page.goto("/");
  const list = page.getByRole("region", { name: "My list" });
  await list.getByRole("link", { name: `${title}, West Yorkshire` }).click();
  await expect(page).toHaveURL(/\/footprints\/E54000005\/emergency_admissions$/);
  await page.goBack();
  await list.getByRole("button", { name: "Remove" }).click();
  await expect(list).toBeHidden();
});

test("the keyboard reaches the content first, then every control", async ({ page }) => {
  await pages.England!(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to main content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "claims", exact: true })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(
    page.getByRole("main").getByRole("link", { name: "Help", exact: true }),
  ).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Measure")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Show measure" })).toBeFocused();
});

test("targets are 24 pixels high at least", async ({ page }) => {
  await pages.England!(page);
  const controls = page.locator("main table a, main button, main select, .tile a, header a");
  const small = await controls.evaluateAll((all) =>
    all
      .filter((control) => control.getBoundingClientRect().height < 24)
      .map((control) => control.outerHTML),
  );
  expect(small).toEqual([]);
});

test("a footprint's card shows chart and table", async ({ page, javaScriptEnabled }) => {
  await pages.card!(page);
  const card = page.locator(".card", { has: page.locator(".chart") }).first();
  const table = card.locator("[data-tab=Table] table");
  const chart = card.locator(".chart svg");
  if (!javaScriptEnabled) {
    await expect(table).toBeVisible();
    await expect(chart).toHaveCount(0);
    await expect(card.getByRole("link", { name: "CSV" })).toBeVisible();
    return;
  }
  await card.locator(".chart").scrollIntoViewIfNeeded();
  await expect(chart).toBeVisible();
  await expect(chart.locator("path").first()).toBeAttached();
  await expect(card.locator(".chart__drawing")).toHaveAttribute("aria-label", /./);
  await expect(table).toBeHidden();

  await card.getByRole("tab", { name: "Chart" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(card.getByRole("tab", { name: "Table" })).toBeFocused();
  await expect(table).toBeVisible();
  await expect(chart).toBeHidden();
  await page.keyboard.press("End");
  await expect(card.getByRole("tabpanel", { name: "About" })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(chart).toBeVisible();
});

test("a region's tables have a cell under each heading and lead to the cards", async ({ page }) => {
  await pages.region!(page);
  const uneven = await page.locator("main table").evaluateAll((tables) =>
    (tables as HTMLTableElement[])
      .filter((table) => {
        const headings = table.tHead!.rows[0]!.cells.length;
        return [...table.tBodies].some((body) =>
          [...body.rows].some((row) => row.cells.length !== headings),
        );
      })
      .map((table) => table.outerHTML),
  );
  expect(uneven).toEqual([]);
  await page.locator(".beside__sign").last().click();
  await expect(page).toHaveURL(/\/footprints\/E54\d+\/\w+$/);
  await expect(page.locator(".card .card__title").first()).toBeVisible();
  await page.getByRole("navigation", { name: "Where you are" }).getByRole("link").nth(1).click();
  await expect(page.getByRole("navigation", { name: "Regions" })).toBeVisible();
});

test("a measure is compared in charts and in tables", async ({ page, javaScriptEnabled }) => {
  await pages.measure!(page);
  for (const [id, marks] of [
    ["ranked", 44],
    ["funnel", 44],
  ] as const) {
    const card = page.locator(`#${id}`);
    const table = card.locator("[data-tab=Table] table");
    await expect(table.locator("tr[data-footprint]")).toHaveCount(44);
    if (!javaScriptEnabled) {
      await expect(table).toBeVisible();
      await expect(card.locator(".chart")).toBeHidden();
      continue;
    }
    await card.scrollIntoViewIfNeeded();
    const drawing = card.locator(".chart__drawing");
    await expect(drawing).toHaveAttribute("aria-label", /The tab Table holds the same figures/);
    expect(await drawing.locator("svg path").count()).toBeGreaterThan(marks);
    await expect(table).toBeHidden();
    await card.getByRole("tab", { name: "Table" }).click();
    await expect(table).toBeVisible();
  }
  const places = page.locator(".lines__place");
  await expect(places).toHaveCount(45);
  await expect(places.getByRole("img", { name: /: from .* to .*; lowest / })).toHaveCount(45);
  await expect(page.locator(".sign__text").filter({ hasText: /^\s*$/ })).toHaveCount(0);
});

for (const name of ["footprint", "card"]) {
  test(`every table of a ${name} has a cell under each heading`, async ({ page }) => {
    await pages[name]!(page);
    const uneven = await page.locator("main table").evaluateAll((tables) =>
      (tables as HTMLTableElement[])
        .filter((table) => {
          const wide = (row: HTMLTableRowElement) =>
            [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
          const headings = wide(table.tHead!.rows[0]!);
          return [...table.tBodies].some((body) =>
            [...body.rows].some((row) => wide(row) !== headings),
          );
        })
        .map((table) => table.id),
    );
    expect(uneven).toEqual([]);
  });
}

test("a footprint is seen in one screen, and printed on two pages", async ({
  page,
  javaScriptEnabled,
}, info) => {
  test.skip(info.project.name !== "wide" || javaScriptEnabled === false, "one reader will do");
  for (const code of ["E54000005", "E54000043", "E54000020", "E54000010"]) {
    for (const [width, most] of [
      [1280, 4000],
      [390, 8000],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`/footprints/${code}`);
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(
        most,
      );
    }
    const printed = (await page.pdf({ format: "A4" })).toString("latin1");
    expect(printed.match(/\/Type\s*\/Page\b/g)?.length).toBeLessThanOrEqual(2);
  }
});

test("rows are chosen without scripts, as of any moment", async ({ page }) => {
  const load = await newestLoad(page);
  await page.goto(`/footprints/E54000005?as_of=${load}`);
  const rows = page.locator("tr[id]").filter({ has: page.locator(".rows__status") });
  const all = await rows.count();
  const chip = page.getByRole("link", { name: /^Off track/ });
  const count = Number(await chip.locator("strong").textContent());
  await chip.click();
  await expect(rows).toHaveCount(count);
  await expect(page.getByRole("link", { name: /^Off track/ })).toHaveAttribute(
    "aria-current",
    "true",
  );
  await page.getByLabel("Theme").selectOption("access");
  await page.getByRole("button", { name: "Show theme" }).click();
  await expect(page).toHaveURL(/show=off-track/);
  await expect(page).toHaveURL(/theme=access/);
  await expect(page).toHaveURL(new RegExp(`as_of=${load}\\b`));
  expect(await rows.count()).toBeLessThan(count + 1);
  await page.goto("/footprints/E54000005?ended=hidden");
  expect(await rows.count()).toBeLessThan(all);
  await expect(page.locator(".rows__stopped")).toHaveCount(0);
  await rows.first().getByRole("link").first().click();
  await expect(page).toHaveURL(/\/footprints\/E54000005\/\w+$/);
});

for (const name of [
  "card",
  "provenance",
  "claims",
  "claim with a counterfactual",
  "method",
  "review",
  "compare",
]) {
  test(`tables of words on ${name} are read without scrolling sideways`, async ({ page }, info) => {
    test.skip(!whole && info.project.name === "wide" && name !== "footprint", "wide they fit");
    await pages[name]!(page);
    await page.waitForLoadState();
    const tables = page.locator(".figures--words");
    const read = await tables.evaluateAll((all) =>
      all.map((table) => {
        const headings = [...table.querySelectorAll("thead th")].map((heading) =>
          heading.textContent!.replace(/Sort$/, "").trim(),
        );
        const region = table.closest(".scroll")!;
        const cells = [...table.querySelectorAll<HTMLTableCellElement>("tbody td")];
        return {
          beyond: region.scrollWidth - region.clientWidth,
          misnamed: cells.filter((cell) => cell.dataset.label !== headings[cell.cellIndex]).length,
          cells: cells.length,
        };
      }),
    );
    const narrow = page.viewportSize()!.width < 600;
    for (const { beyond, misnamed, cells } of read) {
      expect(cells).toBeGreaterThan(0);
      expect(misnamed).toBe(0);
      if (narrow) expect(beyond).toBe(0);
    }
    if (!["review", "compare"].includes(name)) expect(read.length).toBeGreaterThan(0);
  });
}

test("printing shows every chart and every table", async ({ page, javaScriptEnabled }) => {
  await pages.card!(page);
  if (javaScriptEnabled) {
    await page.locator(".chart").first().scrollIntoViewIfNeeded();
    await expect(page.locator(".chart svg").first()).toBeVisible();
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  }
  await page.emulateMedia({ media: "print" });
  for (const table of await page.locator('.card [data-tab="Table"] table').all()) {
    await expect(table).toBeVisible();
  }
  if (javaScriptEnabled) {
    const charts = await page.locator(".chart").count();
    await expect(page.locator('.chart svg[viewBox^="0 0 690 "]')).toHaveCount(charts);
  }
  await expect(page.getByText("Choose a footprint")).toBeHidden();
});

for (const address of [
  "/claims/better_care_fund_delayed_days",
  "/measures/dta_waits_over_12h",
  "/data",
  "/claims",
]) {
  test(`${address} prints its charts, and tables that break between rows`, async ({
    page,
    javaScriptEnabled,
  }, info) => {
    test.skip(javaScriptEnabled === false || info.project.name !== "wide", "one printer will do");
    await page.goto(address);
    await page.pdf({ format: "A4" }); // at once, before anyone scrolls
    await page.emulateMedia({ media: "print" });
    const figures = page.locator("figure.chart");
    const drawn = await figures.evaluateAll((all) =>
      all.map((figure) => !!figure.querySelector("svg path")),
    );
    expect(drawn).not.toContain(false);
    const styles = await page
      .locator("main table.figures")
      .evaluateAll((all) =>
        (all as HTMLTableElement[]).map((table) => [
          getComputedStyle(table).breakInside,
          getComputedStyle(table.tHead!).display,
          getComputedStyle(table.rows[0]!).breakInside,
        ]),
      );
    expect(styles.length).toBeGreaterThan(0);
    for (const style of styles) expect(style).toEqual(["auto", "table-header-group", "avoid"]);
    // A box within a heading would keep it from being repeated.
    const buttons = await page
      .locator("thead button")
      .evaluateAll((all) => all.map((button) => getComputedStyle(button).display));
    for (const display of buttons) expect(["contents", "none"]).toContain(display);
    const headings = await page
      .locator("main :is(h2, h3):visible")
      .evaluateAll((all) => all.map((heading) => getComputedStyle(heading).breakAfter));
    for (const breaks of headings) expect(breaks).toBe("avoid");
  });
}
