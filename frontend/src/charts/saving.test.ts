import { describe, expect, test } from "vitest";
import { fileName, lines, offerSaving, picture } from "./saving";

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
});
