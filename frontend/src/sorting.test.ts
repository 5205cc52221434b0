import { describe, expect, test } from "vitest";
import { compare, nextOrder, sortInPlace } from "./sorting";

describe("sorting", () => {
  test.each([
    ["ascending", ["-3", "0", "9.5", "10", ""]],
    ["descending", ["10", "9.5", "0", "-3", ""]],
  ] as const)("puts numbers in %s order with the missing last", (order, sorted) => {
    const values = ["10", "", "-3", "9.5", "0"];
    expect(values.sort((a, b) => compare(a, b, order, true))).toEqual(sorted);
  });

  test("puts names in the order of the alphabet", () => {
    const names = ["Sussex", "devon", "The Black Country"];
    expect(names.sort((a, b) => compare(a, b, "ascending", false))).toEqual([
      "devon",
      "Sussex",
      "The Black Country",
    ]);
  });

  test("starts with the highest figure or the first name, then turns round", () => {
    expect(nextOrder(null, true)).toBe("descending");
    expect(nextOrder(null, false)).toBe("ascending");
    expect(nextOrder("descending", true)).toBe("ascending");
    expect(nextOrder("ascending", false)).toBe("descending");
  });

  test("moves the footprints and leaves England on top, the unallocated below", () => {
    document.body.innerHTML = `
      <table>
        <thead><tr><th aria-sort="ascending"><a href="#n">Footprint</a></th>
          <th class="number"><a href="#v">Value</a></th></tr></thead>
        <tbody><tr><th data-value="England">England</th><td data-value="2"></td></tr></tbody>
        <tbody data-footprint="A"><tr><th data-value="A">A</th><td data-value=""></td></tr></tbody>
        <tbody data-footprint="B"><tr><th data-value="B">B</th><td data-value="1"></td></tr></tbody>
        <tbody data-footprint="C"><tr><th data-value="C">C</th><td data-value="3"></td></tr></tbody>
        <tbody><tr><th data-value="Unallocated">Unallocated</th><td data-value="4"></td></tr></tbody>
      </table>`;
    const table = document.querySelector("table")!;
    sortInPlace(table);
    const value = table.querySelector<HTMLAnchorElement>('a[href="#v"]')!;
    value.click();
    const names = [...table.querySelectorAll("tbody th")].map((th) => th.textContent);
    expect(names).toEqual(["England", "C", "B", "A", "Unallocated"]);
    expect(value.parentElement!.getAttribute("aria-sort")).toBe("descending");
    expect(table.querySelector("thead th")!.getAttribute("aria-sort")).toBeNull();
  });
});
