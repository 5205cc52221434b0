import { describe, expect, test } from "vitest";
import { seriesOf, table } from "./examples";
import { drawRanked, readEngland, readRanked } from "./ranked";

const room = { format: "percent", wide: true } as const;

const ranked = [
  { name: "Devon", value: 91.2, lower: 90.1, upper: 92.2, text: "91.2%" },
  { name: "Dorset", value: 88, lower: null, upper: null, text: "88.0%" },
  { name: "Somerset", value: null, lower: null, upper: null, text: "not reported" },
];

describe("the 44 in order", () => {
  test("are read from the table, a missing figure never as zero", () => {
    const read = readRanked(
      table(`
        <tr data-footprint="E1" data-name="Devon" data-value="91.2" data-lower="90.1" data-upper="92.2" data-text="91.2%"></tr>
        <tr data-footprint="E2" data-name="Dorset" data-value="88" data-lower="" data-upper="" data-text="88.0%"></tr>
        <tr data-footprint="E3" data-name="Somerset" data-value="" data-lower="" data-upper="" data-text="not reported"></tr>`),
    );
    expect(read).toEqual(ranked);
  });

  test("stand beside England where amounts compare", () => {
    document.body.innerHTML = `<table><tr data-england data-value="89.5" data-text="89.5%"></tr></table>`;
    expect(readEngland(document.querySelector("table")!)).toEqual({ value: 89.5, text: "89.5%" });
    document.body.innerHTML = `<table><tr><th>England</th></tr></table>`;
    expect(readEngland(document.querySelector("table")!)).toBeNull();
  });

  test("are dots with intervals where there are any, and England's line", () => {
    const { option, notes } = drawRanked(ranked, { value: 89.5, text: "89.5%" }, room);
    const [intervals, dots] = seriesOf(option);
    expect(intervals?.data).toEqual([[90.1, 92.2, 0]]);
    expect(dots?.data).toEqual([
      [91.2, 0],
      [88, 1],
      ["-", 2],
    ]);
    expect(dots?.markLine?.data).toEqual([{ xAxis: 89.5 }]);
    expect(option.yAxis).toMatchObject({ inverse: true, data: ["Devon", "Dorset", "Somerset"] });
    expect(option.xAxis).toMatchObject({ min: 85, max: 95 });
    expect(notes).toContain("The axis starts at 85%.");
  });

  test("have no line of England where amounts do not compare", () => {
    const [, dots] = seriesOf(drawRanked(ranked, null, room).option);
    expect(dots?.markLine).toBeUndefined();
  });
});
