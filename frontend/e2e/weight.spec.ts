import { expect } from "@playwright/test";
import { pages, test } from "./visit";

const maxBytes = (name: string) => (name.startsWith("footprint") ? 150 : 300) * 1024;

for (const [name, open] of Object.entries(pages)) {
  test(`${name} weighs less than ${maxBytes(name) / 1024} KiB before anyone scrolls`, async ({
    page,
  }, info) => {
    test.skip(info.project.name !== "wide", "most is near on a wide screen");
    await open(page);
    const address = page.url();
    await page.goto("about:blank");

    // What was on the way here is not in the cache of this reader.
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
    await page.goto(address);
    await page.waitForLoadState("networkidle");
    const bytes = loaded.reduce((sum, [, length]) => sum + length, 0);
    info.annotations.push({ type: "bytes", description: String(bytes) });
    expect(loaded.length).toBeGreaterThan(2);
    expect(bytes, JSON.stringify(loaded)).toBeLessThan(maxBytes(name));
  });
}
