// Takes the pictures of the documents from a running dashboard: node tour.mjs http://127.0.0.1:8044 FOLDER
import { chromium } from "@playwright/test";

const [address, folder] = process.argv.slice(2);
if (!address || !folder) throw new Error("usage: node tour.mjs ADDRESS FOLDER");

const stops = [
  ["england", "/?measure=emergency_admissions&colour=variation", "main"],
  ["footprint", "/footprints/E54000043", "#emergency_admissions"],
  [
    "provenance",
    "/provenance?measure=emergency_admissions&footprint=E54000043&period=2020-02",
    "main",
  ],
  ["claim", "/claims/tameside_glossop_admissions", "#chart"],
  ["region", "/regions/south-west", "main"],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
for (const [name, path, focus] of stops) {
  await page.goto(address + path, { waitUntil: "networkidle" });
  const top = await page.locator(focus).first().boundingBox();
  await page.evaluate((y) => scrollTo(0, y), Math.max(0, (top?.y ?? 0) - 24));
  await page.waitForTimeout(1000); // charts are drawn when they come near
  await page.screenshot({ path: `${folder}/${name}.jpg`, type: "jpeg", quality: 80 });
}
await browser.close();
