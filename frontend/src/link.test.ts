import { describe, expect, test } from "vitest";
import { offerLink, permanentLink } from "./link";

describe("a link to the figures shown now", () => {
  test("pins an address to the figures shown", () => {
    expect(permanentLink("http://a/b?c=d&as_of=2026-01-01#e", "18")).toBe(
      "http://a/b?c=d&as_of=18#e",
    );
    expect(permanentLink("http://a/b", undefined)).toBe("http://a/b");
  });

  test("shows the link where it cannot be copied", async () => {
    document.body.innerHTML = "<div></div>";
    offerLink(document.querySelector("div")!, "18");
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    document.querySelector("button")!.click();
    await Promise.resolve();
    expect(document.querySelector("[role=status]")!.textContent).toContain("as_of=18");
  });
});
