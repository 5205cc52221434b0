import { describe, expect, test } from "vitest";
import { fileName, lines, offerLink, offerSaving, permanent, picture } from "./saving";

describe("saving", () => {
  test("parts a text between words, and within one that is too long", () => {
    expect(lines("one two  three", 7)).toEqual(["one two", "three"]);
    expect(lines("abcdefgh i", 3)).toEqual(["abc", "def", "gh", "i"]);
    expect(lines(" ", 3)).toEqual([]);
  });

  test("names a file after its chart", () => {
    expect(fileName("Devon: Seen in A&E, within 4 hours", "png")).toBe(
      "devon-seen-in-a-and-e-within-4-hours.png",
    );
  });

  test("pins an address to the figures shown", () => {
    expect(permanent("http://a/b?c=d&as_of=2026-01-01#e", "18")).toBe("http://a/b?c=d&as_of=18#e");
    expect(permanent("http://a/b", undefined)).toBe("http://a/b");
  });

  test("makes a picture that says what it rests on", () => {
    document.body.innerHTML = `<svg><path d="M0 0"/></svg>`;
    const drawing = document.querySelector("svg")!;
    const title = "Devon <b>: waits";
    const text = picture(drawing, [400, 300], { title, notes: ["Source: NHS England", "load 18"] });
    const read = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const written = [...read.querySelectorAll("text")].map((t) => t.textContent);
    expect(written).toEqual([title, "Source: NHS England", "load 18"]);
    expect(text).toContain('d="M0 0"');
    const heights = [...read.querySelectorAll("text")].map((t) => Number(t.getAttribute("y")));
    expect(heights[0]).toBeLessThan(Number(read.querySelector("svg")?.getAttribute("y")));
    expect(heights[1]).toBeGreaterThan(300);
    expect(heights[2]).toBeLessThan(Number(read.getAttribute("height")));
  });

  test("offers a chart once, and nothing where nothing is drawn", () => {
    document.body.innerHTML = `<figure></figure>`;
    const figure = document.querySelector("figure")!;
    offerSaving(figure);
    expect(figure.querySelector("button")).toBeNull();
    figure.innerHTML = "<svg></svg>";
    offerSaving(figure);
    offerSaving(figure);
    expect(figure.querySelectorAll("button")).toHaveLength(2);
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
