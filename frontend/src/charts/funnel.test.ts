import { describe, expect, test } from "vitest";
import { seriesOf, table } from "./examples";
import { drawFunnel, readFunnel } from "./funnel";

const room = { format: "percent", wide: true } as const;

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
    const series = seriesOf(drawFunnel(units, 88.9, "Attendances", room).option);
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
