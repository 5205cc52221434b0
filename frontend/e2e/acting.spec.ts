import { expect, type Browser, type Page } from "@playwright/test";
import { expectAccessible, expectNoOverflow, test } from "./visit";

// A week of people who act, on a service of their own that knows one administrator and their code.
const code = process.env.STP_E2E_CODE ?? "";

test.setTimeout(600_000);
test.skip(code === "", "nobody can act in the service that is read");

// axe itself needs scripts: only the page's own are withheld.
test.use({ javaScriptEnabled: true });

const password = "three wet umbrellas";
const devon = "E54000037";

/** What a page with a form has to be for everybody. */
async function look(page: Page) {
  await expect(page.locator("h1")).toHaveCount(1);
  await expectNoOverflow(page);
  await expectAccessible(page);
}

/** Chooses the first of a list that has a text. */
async function choose(page: Page, label: string, text: string) {
  const select = page.getByLabel(label, { exact: true });
  const value = await select.locator("option", { hasText: text }).first().getAttribute("value");
  await select.selectOption(value);
}

/** Somebody sets their password with a code, signs in, and goes on in a browser of their own. */
async function arrive(browser: Browser, name: string, withCode: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.route("**/assets/*.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "" }),
  );
  await page.goto("/set-password");
  await look(page);
  await page.getByLabel("Email address").fill(`${name}@nhs.example`);
  await page.getByLabel("Code from an administrator").fill(withCode);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.waitForURL(/sign-in/);
  await look(page);
  await page.getByLabel("Email address").fill(`${name}@nhs.example`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/account/);
  await look(page);
  return page;
}

test("people return, decide and sign off", async ({ browser }, info) => {
  test.skip(info.project.name !== "narrow, no script", "forms work there as everywhere");
  const codes = new Map<string, string>();
  const admin = await arrive(browser, "ada", code);
  for (const [name, role, place] of [
    ["ann", "Contributor", "Devon"],
    ["lea", "Lead", "South West"],
    ["aud", "Auditor", "Everywhere"],
  ] as const) {
    await test.step(`the administrator adds a ${role}`, async () => {
      await admin.goto("/people");
      await look(admin);
      await admin.getByLabel("Name", { exact: true }).fill(name);
      await admin.getByLabel("Email address").fill(`${name}@nhs.example`);
      await admin.getByRole("button", { name: "Add", exact: true }).click();
      codes.set(name, await admin.locator("main code").innerText());
      await admin.getByRole("link", { name, exact: true }).click();
      await choose(admin, "Role", role);
      await choose(admin, "Place", place);
      await admin.getByRole("button", { name: "Give the role" }).click();
      await expect(admin.getByRole("main").getByRole("table")).toContainText(role);
      await look(admin);
    });
  }

  const ann = await arrive(browser, "ann", codes.get("ann")!);
  const receipt = await test.step("a contributor returns a figure", async () => {
    await ann.goto(`/returns?footprint=${devon}&measure=complex_needs_care_plan`);
    await look(ann);
    await ann.getByRole("button", { name: "Go on" }).click();
    await ann.waitForURL(/returns\/new/);
    await look(ann);
    await ann.goto(
      `/returns/new?footprint=${devon}&measure=complex_needs_care_plan&period=2017-Q4`,
    );
    await ann.locator("[name=n0]").fill("60x");
    await ann.locator("[name=d0]").fill("5000");
    await ann.getByRole("button", { name: "Check the figures" }).click();
    await expect(ann.locator("[name=n0]")).toHaveValue("60x");
    await look(ann);
    await ann.locator("[name=n0]").fill("3000");
    await ann.getByRole("button", { name: "Check the figures" }).click();
    await expect(ann.getByRole("main")).toContainText("60.0%");
    await look(ann);
    const reason = ann.getByLabel("Reason"); // where the figures raise questions
    if (await reason.count()) await reason.fill("As the registers have it");
    await ann.getByRole("button", { name: "Confirm the return" }).click();
    await ann.waitForURL(/returns\/[a-z2-7]+$/);
    await look(ann);
    return new URL(ann.url()).pathname;
  });
  await test.step("and explains it in a note", async () => {
    await ann.goto(`/footprints/${devon}/complex_needs_care_plan`);
    await ann.getByRole("link", { name: "Add a note" }).click();
    await look(ann);
    await ann.getByLabel("Note", { exact: true }).fill("Two practices **began** in autumn");
    await ann.getByRole("button", { name: "Add the note" }).click();
    await expect(ann.locator(".notes__text strong").first()).toHaveText("began");
  });

  const lea = await arrive(browser, "lea", codes.get("lea")!);
  await test.step("a lead signs the return off", async () => {
    await lea.goto(receipt);
    await lea.getByRole("link", { name: "Sign off", exact: true }).click();
    await look(lea);
    await lea.getByLabel("Statement").fill(" "); // none is not sent by the browser
    await lea.getByRole("button", { name: "Sign off" }).click();
    await expect(lea.getByRole("link", { name: "Enter a text" })).toBeVisible();
    await look(lea);
    await lea.getByLabel("Statement").fill("Agreed with the registers");
    await lea.getByRole("button", { name: "Sign off" }).click();
    await expect(lea.locator("#sign-offs")).toContainText("Agreed with the registers");
    await look(lea);
  });
  await test.step("and records what the review decided", async () => {
    await lea.goto("/review?region=south-west");
    await lea.getByRole("link", { name: "Record a decision" }).click();
    await look(lea);
    await lea.getByLabel("What was decided").fill("Agree a plan for discharge");
    await lea.getByLabel("Owner").fill("Director of discharge");
    await lea.getByLabel("Due").fill("2099-01-31");
    await lea.getByRole("button", { name: "Record" }).click();
    const decisions = lea.locator("#decisions");
    await expect(decisions).toContainText("Agree a plan for discharge");
    await lea.getByRole("link", { name: "Agree a plan" }).click();
    await look(lea);
    await lea.getByLabel("Reason").last().fill("Agreed on Monday");
    await lea.getByRole("button", { name: "End" }).click();
    await expect(decisions).toContainText("Agreed on Monday");
  });

  const aud = await arrive(browser, "aud", codes.get("aud")!);
  await test.step("an auditor signs a verdict off, and withdraws that", async () => {
    await aud.goto("/claims/better_care_fund_admissions");
    await aud.getByRole("link", { name: "Sign off", exact: true }).click();
    await look(aud);
    await aud.getByLabel("Statement").fill("Recomputed from the audit pack");
    await aud.getByRole("button", { name: "Sign off" }).click();
    const signed = aud.locator("#sign-offs");
    await expect(signed).toContainText("Recomputed from the audit pack");
    await look(aud);
    await signed.getByRole("link", { name: /^Withdraw/ }).click();
    await look(aud);
    await aud.getByLabel("Reason").fill("A trust revised its figures");
    await aud.getByRole("button", { name: "Withdraw" }).click();
    await expect(signed).toContainText("A trust revised its figures");
    await aud.goto("/acts");
    await expect(aud.getByRole("main")).toContainText("Signed off a verdict");
    await look(aud);
  });
});
