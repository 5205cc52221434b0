import type { Point } from "./points";

export type Format = "number" | "percent" | "gbp";

/** Writes a value of the axis: 20,000 or 1.5m, 85% or £2m. */
export function formatTick(value: number, format: Format): string {
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (format === "percent") return `${sign}${trim(size)}%`;
  const pounds = format === "gbp" ? "£" : "";
  if (size >= 1e9) return `${sign}${pounds}${trim(size / 1e9)}bn`;
  if (size >= 1e6) return `${sign}${pounds}${trim(size / 1e6)}m`;
  return sign + pounds + trim(size);
}

function trim(size: number): string {
  return size.toLocaleString("en-GB", { maximumFractionDigits: 2 });
}

export interface Extent {
  min?: number;
  max?: number;
  interval?: number;
}

/**
 * Where the axis of a place's figures starts and ends. Process limits and what a target requires are drawn as well, so
 * they lie within it.
 */
export function extentOfPoints(points: Point[], shape: string, format: Format): Extent {
  const values = points.flatMap(({ value, limits, required }) =>
    [value, limits?.lower ?? null, limits?.upper ?? null, required].filter(
      (drawn) => drawn !== null,
    ),
  );
  // About process limits a small change is what one looks for.
  if (format !== "percent" && points.some((point) => point.limits)) {
    return extentOfLimits(points, values);
  }
  return extentOf(values, format, shape);
}

/** Where the axis of figures starts and ends: counts, money and columns at zero, a percentage at round ones about it. */
export function extentOf(values: number[], format: Format, shape = "line"): Extent {
  const low = Math.min(...values);
  if (values.length === 0 || low < 0) return {};
  if (format !== "percent" || shape !== "line") return { min: 0 };
  const high = Math.max(...values);
  const interval = high - low < 20 ? 5 : high - low < 40 ? 10 : 20;
  const max = Math.max(Math.ceil(high / interval), 1) * interval;
  const min = Math.min(Math.floor(low / interval) * interval, max - interval);
  return { min, max, interval };
}

function extentOfLimits(points: Point[], values: number[]): Extent {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return {};
  const interval = roundStep(high - low);
  const negative = points.some((point) => (point.value ?? 0) < 0);
  const min = Math.floor(low / interval) * interval;
  return {
    min: negative ? min : Math.max(min, 0),
    max: Math.ceil(high / interval) * interval,
    interval,
  };
}

/** Round ends about figures whose differences matter; figures that come near zero start there. */
export function extentOfDifferences(values: number[]): Required<Extent> {
  const low = Math.min(...values);
  const high = Math.max(...values, low + Math.abs(low) / 100, low + 1e-9);
  const interval = roundStep(high - low);
  const start = low >= 0 && low < (high - low) / 2 ? 0 : low;
  return {
    min: Math.floor(start / interval) * interval,
    max: Math.ceil(high / interval) * interval,
    interval,
  };
}

/** A round number that parts a span into four to eight steps. */
function roundStep(span: number): number {
  const raw = span / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((n) => n * unit).findLast((step) => step <= raw) ?? unit;
}

/**
 * The periods named along the axis: each April of a long run of months or quarters, each first of a month of days, of weeks each first of a month
 * or, over more than a year, of April; otherwise all.
 */
export function namedPeriods(periods: { id: string }[], shape: string): number[] {
  const all = periods.map((_, i) => i);
  if (shape !== "line" || periods.length <= 13) return all;
  const weekly = periods.length <= 60 ? /^week ending .{8}0[1-7]$/ : /^week ending .{4}-04-0[1-7]$/;
  return all.filter((i) => {
    const id = periods[i]?.id ?? "";
    return /^\d{4}-(04|Q2|\d\d-01)$/.test(id) || weekly.test(id);
  });
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/**
 * A period short enough for an axis, by its id: 2017-04 is Apr over 2017, 2017-Q2 Apr–Jun over 2017, 2017-04-01 1 Apr
 * over 2017, and so is a week by its last day. A year stays as it is.
 */
export function shortPeriod(id: string): string {
  const [, year, quarter, month, day] =
    /^(?:week ending )?(\d{4})-(?:Q([1-4])|(\d\d)(?:-(\d\d))?)$/.exec(id) ?? [];
  if (quarter) {
    const first = (Number(quarter) - 1) * 3;
    return `${months[first]}–${months[first + 2]}\n${year}`;
  }
  const name = months[Number(month) - 1];
  if (!name) return id;
  return `${day ? `${Number(day)} ` : ""}${name}\n${year}`;
}

/** Those of some places along an axis whose names do not lie upon each other, where a name takes about a third of it. */
export function apart(places: number[], length: number): number[] {
  const named: number[] = [];
  for (const place of places) {
    const last = named.at(-1);
    if (last === undefined || place - last >= length * 0.35) named.push(place);
  }
  return named;
}
