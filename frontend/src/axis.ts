import type { Point } from "./series";

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
 * Where the axis starts and ends. Counts and money start at zero, unless process limits are
 * drawn about them; then, as for a percentage, it may start higher, at a round figure,
 * because a small change is what one looks for.
 */
export function extent(points: Point[], kind: string, format: Format): Extent {
  const drawn = (point: Point) => [
    point.value ?? [],
    point.limits ? [point.limits.lower, point.limits.upper] : [],
    point.asked ?? [],
  ];
  const values = points.flatMap((point) => drawn(point).flat());
  if (format !== "percent" && points.some((point) => point.limits)) return around(points, values);
  const low = Math.min(...values);
  if (values.length === 0 || low < 0) return {};
  if (format !== "percent" || kind !== "line") return { min: 0 };
  const high = Math.max(...values);
  const interval = high - low < 20 ? 5 : high - low < 40 ? 10 : 20;
  const max = Math.max(Math.ceil(high / interval), 1) * interval;
  const min = Math.min(Math.floor(low / interval) * interval, max - interval);
  return { min, max, interval };
}

/** Round ends about the values, in four to eight steps. */
function around(points: Point[], values: number[]): Extent {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) return {};
  const raw = (high - low) / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const interval = [1, 2, 5, 10].map((n) => n * unit).findLast((step) => step <= raw) ?? unit;
  const negative = points.some((point) => (point.value ?? 0) < 0);
  const min = Math.floor(low / interval) * interval;
  return {
    min: negative ? min : Math.max(min, 0),
    max: Math.ceil(high / interval) * interval,
    interval,
  };
}

/** The periods named along the axis: each April of a long run of months or quarters, each first of a month of days, otherwise all. */
export function namedPeriods(points: Point[], kind: string): number[] {
  const all = points.map((_, i) => i);
  if (kind !== "line" || points.length <= 13) return all;
  return all.filter((i) => /^\d{4}-(04|Q2|\d\d-01)$/.test(points[i]?.id ?? ""));
}

/** A period short enough for an axis: April 2017 is Apr over 2017, a quarter Apr–Jun over 2017, a day 1 Apr over 2017. */
export function shortPeriod(period: string): string {
  return period
    .replace(/(\p{L}{3})\p{L}*/gu, "$1")
    .replace(" to ", "–")
    .replace(/ (\d{4})$/, "\n$1");
}
