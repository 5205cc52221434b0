import { describe, expect, test } from "vitest";
import { compareValues, nextOrder, sortByLinks, sortByButtons, sortValue } from "./sorting";

describe("sorting", () => {
  test.each([
    ["ascending", ["-3", "0", "9.5", "10", ""]],
    ["descending", ["10", "9.5", "0", "-3", ""]],
  ] as const)("puts numbers in %s order with the missing last", (order, sorted) => {
    const values = ["10", "", "-3", "9.5", "0"];
    expect(values.sort((a, b) => compareValues(a, b, order, true))).toEqual(sorted);
  });

  test("puts names in the order of the alphabet", () => {
    const names = ["Sussex", "devon", "The Black Country"];
    expect(names.sort((a, b) => compareValues(a, b, "ascending", false))).toEqual([
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
    sortByLinks(table);
    const value = table.querySelector<HTMLAnchorElement>('a[href="#v"]')!;
    value.click();
    const names = [...table.querySelectorAll("tbody th")].map((th) => th.textContent);
    expect(names).toEqual(["England", "C", "B", "A", "Unallocated"]);
    expect(value.parentElement!.getAttribute("aria-sort")).toBe("descending");
    expect(table.querySelector("thead th")!.getAttribute("aria-sort")).toBeNull();
  });
});

describe("sorting rows", () => {
  test.each([
    ['<td data-value="34364000">£34,364,000</td>', "34364000"],
    ['<td data-value="-3.1">−3.1%</td>', "-3.1"],
    ['<td data-value="7">7 of 9</td>', "7"],
    ['<td data-value=""><a class="missing">not reported</a> 1 of 2 organisations</td>', ""],
    ["<td>1 of 2 organisations</td>", ""],
    ["<td>–</td>", ""],
  ])("takes %s as %s", (cell, value) => {
    document.body.innerHTML = `<table><tr>${cell}</tr></table>`;
    expect(sortValue(document.querySelector("td")!, true)).toBe(value);
  });

  test("keeps each group together and its heading on top", () => {
    const row = (name: string, value: string) =>
      `<tr><th scope="row">${name}</th><td data-value="${value}">${value || "–"}</td></tr>`;
    document.body.innerHTML = `<table>
      <thead><tr><th>Name</th><th class="number"><a href="#m">Value</a></th></tr></thead>
      <tbody><tr><th scope="rowgroup" colspan="2">One</th></tr>${row("a", "2")}${row("b", "")}${row("c", "10")}</tbody>
      <tbody><tr><th scope="rowgroup" colspan="2">Two</th></tr>${row("d", "1")}${row("e", "3")}</tbody></table>`;
    const table = document.querySelector("table")!;
    const order = () => [...table.querySelectorAll("tbody th")].map((th) => th.textContent).join();
    sortByButtons(table);
    const [name, value] = [...table.querySelectorAll("button")];
    expect([name!.textContent, value!.ariaLabel]).toEqual(["Name", "Sort by Value"]);
    value!.click();
    expect(order()).toBe("One,c,a,b,Two,e,d");
    value!.click();
    expect(order()).toBe("One,a,c,b,Two,d,e");
    expect(value!.closest("th")!.getAttribute("aria-sort")).toBe("ascending");
    name!.click();
    name!.click();
    expect(order()).toBe("One,c,b,a,Two,e,d");
    expect(value!.closest("th")!.getAttribute("aria-sort")).toBeNull();
  });
});
