import { describe, expect, test } from "vitest";
import { funnelOption, rankedOption, range, readFunnel, readRanked } from "./compare";

function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><tbody><tr><th>England</th></tr></tbody><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

const wide = { format: "percent", description: "All of them.", wide: true } as const;

const ranked = [
  { name: "Devon", value: 91.2, lower: 90.1, upper: 92.2, text: "91.2%" },
  { name: "Dorset", value: 88, lower: null, upper: null, text: "88.0%" },
  { name: "Somerset", value: null, lower: null, upper: null, text: "not reported" },
];

const units = [
  {
    name: "Devon",
    size: 30_000,
    value: 91.2,
    limits: [80, 84, 92, 95] as [number, number, number, number],
    text: "91.2%, within the limits",
    outside: false,
  },
  {
    name: "Dorset",
    size: 10_000,
    value: 70,
    limits: [78, 82, 94, 97] as [number, number, number, number],
    text: "70.0%, below the 99.8% limit",
    outside: true,
  },
];

interface Series {
  type: string;
  name: string;
  data: unknown[];
  markLine?: { data: unknown[] };
}
const seriesOf = (option: object) => (option as { series: Series[] }).series;

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

  test("are dots with intervals where there are any, and England's line", () => {
    const option = rankedOption(ranked, { value: 89.5, text: "89.5%" }, wide);
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
    expect(option.aria).toMatchObject({ enabled: true });
  });

  test("have no line of England where amounts do not compare", () => {
    const [, dots] = seriesOf(rankedOption(ranked, null, wide));
    expect(dots?.markLine).toBeUndefined();
  });
});

describe("the funnel", () => {
  test("is read from its table", () => {
    const read = readFunnel(
      table(`
        <tr data-footprint="E1" data-name="Devon" data-size="30000" data-value="91.2" data-lower95="84" data-upper95="92"
          data-lower998="80" data-upper998="95" data-text="91.2%, within the limits"></tr>
        <tr data-footprint="E2" data-name="Dorset" data-size="10000" data-value="70" data-lower95="82" data-upper95="94"
          data-lower998="78" data-upper998="97" data-text="70.0%, below the 99.8% limit" data-outside></tr>`),
    );
    expect(read).toEqual(units);
  });

  test("has its limits in the order of size and marks what lies outside by shape", () => {
    const series = seriesOf(funnelOption(units, 88.9, "Attendances", wide));
    expect(series[0]?.data).toEqual([
      [10_000, 78],
      [30_000, 80],
    ]);
    expect(series[3]?.data).toEqual([
      [10_000, 97],
      [30_000, 95],
    ]);
    expect(series[4]?.data).toMatchObject([
      { name: "Devon", value: [30_000, 91.2], symbol: "circle", label: { show: false } },
      { name: "Dorset", value: [10_000, 70], symbol: "diamond", label: { show: true } },
    ]);
    expect(series[4]?.markLine?.data).toEqual([{ yAxis: 88.9 }]);
  });
});

test("amounts start at zero, debts below it", () => {
  expect(range([3, 8, null], "number")).toEqual({ min: 0 });
  expect(range([-3, 8], "gbp")).toEqual({});
});
