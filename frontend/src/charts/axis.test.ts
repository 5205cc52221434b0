import { describe, expect, test } from "vitest";
import {
  apart,
  extentOf,
  extentOfDifferences,
  extentOfPoints,
  formatTick,
  namedPeriods,
  shortPeriod,
} from "./axis";
import type { Point } from "./points";

function points(...values: (number | null)[]): Point[] {
  return values.map((value, i) => ({
    id: `${2015 + Math.floor((i + 5) / 12)}-${String(((i + 5) % 12) + 1).padStart(2, "0")}`,
    period: "",
    value,
    text: "",
    breakNote: null,
    limits: null,
    required: null,
    type: "",
  }));
}

test.each([
  [0, "number", "0"],
  [20000, "number", "20,000"],
  [1500000, "number", "1.5m"],
  [85, "percent", "85%"],
  [2.5, "percent", "2.5%"],
  [0, "gbp", "£0"],
  [2000000, "gbp", "£2m"],
  [10144000000, "gbp", "£10.14bn"],
  [-5000000, "gbp", "−£5m"],
] as const)("the tick %d as %s reads %s", (value, format, text) => {
  expect(formatTick(value, format)).toBe(text);
});

describe("the axis", () => {
  test("of counts and money starts at zero", () => {
    expect(extentOfPoints(points(40, 50), "line", "number")).toEqual({ min: 0 });
    expect(extentOfPoints(points(40, 50), "column", "gbp")).toEqual({ min: 0 });
    expect(extentOfPoints(points(40, 50), "column", "percent")).toEqual({ min: 0 });
  });

  test("of a percentage holds its figures between round ones", () => {
    const percent = (...values: number[]) =>
      extentOfPoints(points(null, ...values), "line", "percent");
    expect(percent(84.2, 93.1)).toEqual({ min: 80, max: 95, interval: 5 });
    expect(percent(98, 100)).toEqual({ min: 95, max: 100, interval: 5 });
    expect(percent(0.2, 3)).toEqual({ min: 0, max: 5, interval: 5 });
    expect(percent(61, 92)).toEqual({ min: 60, max: 100, interval: 10 });
    expect(percent(10, 90)).toEqual({ min: 0, max: 100, interval: 20 });
    expect(percent(100, 100)).toEqual({ min: 95, max: 100, interval: 5 });
    expect(percent(0, 0)).toEqual({ min: 0, max: 5, interval: 5 });
  });

  test("of counts about process limits holds both between round figures", () => {
    const limited = points(4980, 5210).map((point) => ({
      ...point,
      limits: { mean: 5100, lower: 4712, upper: 5488 },
    }));
    expect(extentOfPoints(limited, "line", "number")).toEqual({
      min: 4700,
      max: 5500,
      interval: 100,
    });
    const nearZero = points(1, 3).map((point) => ({
      ...point,
      limits: { mean: 2, lower: -3, upper: 7 },
    }));
    expect(extentOfPoints(nearZero, "line", "number")).toEqual({ min: 0, max: 8, interval: 2 });
  });

  test("is left to the chart below zero and without figures", () => {
    expect(extentOfPoints(points(-1, 4), "column", "gbp")).toEqual({});
    expect(extentOfPoints(points(null), "line", "percent")).toEqual({});
  });
});

test("a long run of months is named at each April", () => {
  const months = points(...Array<number>(30).fill(1));
  expect(namedPeriods(months, "line").map((i) => months[i]!.id)).toEqual(["2016-04", "2017-04"]);
  expect(namedPeriods(months.slice(0, 12), "line")).toHaveLength(12);
  expect(namedPeriods(months, "column")).toHaveLength(30);
});

test("a long run of quarters is named at each April to June, of days at each first of a month", () => {
  const ids = (...all: string[]) =>
    all.concat(Array<string>(20).fill("")).map((id) => ({ ...points(1)[0]!, id }));
  expect(namedPeriods(ids("2014-Q2", "2014-Q3", "2014-Q4", "2015-Q1", "2015-Q2"), "line")).toEqual([
    0, 4,
  ]);
  expect(namedPeriods(ids("2018-12-31", "2019-01-01", "2019-01-04"), "line")).toEqual([1]);
});

test("a run of weeks is named at each first of a month, a long one at each first of April", () => {
  const weeks = (n: number) =>
    Array.from({ length: n }, (_, i) => {
      const sunday = new Date(Date.UTC(2010, 10, 7 + 7 * i)).toISOString().slice(0, 10);
      return { id: `week ending ${sunday}` };
    });
  const named = (n: number) => namedPeriods(weeks(n), "line").map((i) => weeks(n)[i]!.id.slice(12));
  expect(named(14)).toEqual(["2010-11-07", "2010-12-05", "2011-01-02", "2011-02-06"]);
  expect(named(227)).toEqual(["2011-04-03", "2012-04-01", "2013-04-07", "2014-04-06"]);
});

test("months, quarters, weeks and days are shortened for the axis, years are not", () => {
  expect(shortPeriod("2014-Q2")).toBe("Apr–Jun\n2014");
  expect(shortPeriod("2014-Q4")).toBe("Oct–Dec\n2014");
  expect(shortPeriod("2018-12-03")).toBe("3 Dec\n2018");
  expect(shortPeriod("week ending 2018-12-02")).toBe("2 Dec\n2018");
  expect(shortPeriod("2013")).toBe("2013");
  expect(shortPeriod("2017-04")).toBe("Apr\n2017");
  expect(shortPeriod("2019-05")).toBe("May\n2019");
  expect(shortPeriod("2016/17")).toBe("2016/17");
});

test("amounts of many places start at zero, debts below it", () => {
  expect(extentOf([3, 8], "number")).toEqual({ min: 0 });
  expect(extentOf([-3, 8], "gbp")).toEqual({});
});

test("differences have round ends and start at zero where figures come near it", () => {
  expect(extentOfDifferences([30077, 29900, 28000])).toEqual({
    min: 28000,
    max: 30500,
    interval: 500,
  });
  expect(extentOfDifferences([2, 90])).toEqual({ min: 0, max: 100, interval: 20 });
  expect(extentOfDifferences([-12, 8])).toEqual({ min: -15, max: 10, interval: 5 });
  const flat = extentOfDifferences([5, 5]);
  expect(flat.max).toBeGreaterThan(flat.min);
});

describe("names of places along an axis", () => {
  test.each([
    [[], 40, []],
    [[10], 40, [10]],
    [[10, 12, 30], 40, [10, 30]],
    [[10, 23, 25], 40, [10, 25]],
  ])("of %j in %d are %j", (places, length, want) => {
    expect(apart(places, length)).toEqual(want);
  });
});
