import type { EChartsCoreOption } from "echarts/core";
import { formatTick, namedPeriods, shortPeriod, type Format } from "./axis";

const blue = "#005eb8";
const black = "#212b32";
const grey1 = "#4c6272";
const grey3 = "#aeb7bd";
const grey4 = "#d8dde0";

/** One period of a claim's chart: two figures, of which either may be missing. */
export interface Step {
  id: string;
  period: string;
  first: number | null;
  second: number | null;
  text: [string, string];
  starts: boolean;
}

/** A place with its differences from its own comparison, period by period. */
export interface Placebo {
  name: string;
  gaps: (number | null)[];
  claimed: boolean;
  change: string;
}

/** What the charts are told besides their rows. */
export interface Frame {
  format: Format;
  description: string;
  wide: boolean;
}

function plain(text: string | undefined): number | null {
  return text ? Number(text) : null;
}

/** Reads the table of periods, so that the chart and the table cannot differ. */
export function readCourse(table: HTMLTableElement): Step[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-period]")].map((row) => ({
    id: row.dataset.period ?? "",
    period: row.cells[0]?.firstChild?.textContent?.trim() ?? "",
    first: plain(row.dataset.first),
    second: plain(row.dataset.second),
    text: [row.cells[1]?.textContent?.trim() ?? "", row.cells[2]?.textContent?.trim() ?? ""],
    starts: row.dataset.starts !== undefined,
  }));
}

/** Reads the table of places. */
export function readPlacebos(table: HTMLTableElement): Placebo[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-gaps]")].map((row) => ({
    name: row.cells[1]?.textContent?.trim() ?? "",
    gaps: (row.dataset.gaps ?? "").split(",").map(plain),
    claimed: row.dataset.claimed !== undefined,
    change: row.cells[2]?.textContent?.trim() ?? "",
  }));
}

/** Round ends about values, in four to eight steps; counts that come near zero start there. */
export function around(values: number[]): { min: number; max: number; interval: number } {
  const low = Math.min(...values);
  const high = Math.max(...values, low + Math.abs(low) / 100, low + 1e-9);
  const raw = (high - low) / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const interval = [1, 2, 5, 10].map((n) => n * unit).findLast((step) => step <= raw) ?? unit;
  const start = low >= 0 && low < (high - low) / 2 ? 0 : low;
  return {
    min: Math.floor(start / interval) * interval,
    max: Math.ceil(high / interval) * interval,
    interval,
  };
}

/** The figures as they were beside those that would have been, and where the axis starts. */
export function courseOption(
  steps: Step[],
  names: { first: string; second: string },
  frame: Frame,
): { option: EChartsCoreOption; start: number } {
  const values = steps.flatMap((step) => [step.first ?? [], step.second ?? []].flat());
  const between = around(values);
  const start = steps.findIndex((step) => step.starts);
  const line = (pick: (step: Step) => number | null) =>
    steps.map((step, i) => [i, pick(step) ?? "-"]);
  const option = {
    ...base(
      frame,
      steps.map(({ id, period }) => ({ id, period })),
      between,
    ),
    tooltip: tooltip(frame, "axis", (i) => {
      const step = steps[i];
      if (!step) return "";
      const second = names.second ? `\n${names.second}: ${step.text[1]}` : "";
      return `${step.period}\n${names.first}: ${step.text[0]}${second}`;
    }),
    series: [
      {
        type: "line",
        name: names.first,
        data: line((step) => step.first),
        symbol: "circle",
        symbolSize: 5,
        showAllSymbol: true,
        lineStyle: { width: 2, color: blue },
        itemStyle: { color: blue },
        emphasis: { disabled: true },
        markLine: startLine(start),
      },
      {
        type: "line",
        name: names.second,
        data: line((step) => step.second),
        symbol: "none",
        lineStyle: { width: 2, color: black, type: "dashed" },
        itemStyle: { color: black },
        emphasis: { disabled: true },
      },
    ],
  };
  return { option, start: between.min };
}

/** The difference of each place from its own comparison; that of the claim stands out. */
export function placeboOption(
  places: Placebo[],
  periods: string[],
  starts: string,
  frame: Frame,
): EChartsCoreOption {
  const named = periods.map((id) => ({ id, period: monthName(id) }));
  const values = places.flatMap((place) => place.gaps.flatMap((gap) => gap ?? []));
  const last = [...places].sort((a, b) => Number(a.claimed) - Number(b.claimed)); // drawn on top
  return {
    ...base(frame, named, around(values)),
    tooltip: { show: false },
    series: last.map((place) => ({
      type: "line",
      name: place.name,
      data: place.gaps.map((gap, i) => [i, gap ?? "-"]),
      symbol: "none",
      silent: true,
      lineStyle: place.claimed ? { width: 3, color: blue } : { width: 1, color: grey3 },
      itemStyle: { color: place.claimed ? blue : grey3 },
      emphasis: { disabled: true },
      ...(place.claimed && {
        markLine: startLine(periods.indexOf(starts)),
      }),
    })),
  };
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** "2017-04" is Apr 2017; what is no month stays as it is. */
function monthName(id: string): string {
  const [, year, month] = /^(\d{4})-(\d\d)$/.exec(id) ?? [];
  return year && month ? `${months[Number(month) - 1]} ${year}` : id;
}

function startLine(at: number): object | undefined {
  if (at < 0) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: black, type: "dashed", width: 1 },
    label: { formatter: "Start", color: black, fontSize: 14 },
    data: [{ xAxis: at - 0.5 }],
  };
}

function textStyle(wide: boolean): { color: string; fontFamily: string; fontSize: number } {
  return { color: grey1, fontFamily: "Arial, sans-serif", fontSize: wide ? 14 : 12 };
}

function tooltip({ wide }: Frame, trigger: string, text: (at: number) => string): object {
  return {
    trigger,
    // Markup of its own would need style attributes, which the content security policy refuses.
    renderMode: "richText",
    confine: true,
    borderColor: grey1,
    textStyle: { ...textStyle(wide), color: black },
    axisPointer: { type: "line", lineStyle: { color: grey1 } },
    formatter: (items: { value: [number, number] }[]) => text(items[0]?.value[0] ?? -1),
  };
}

function base(
  { format, description, wide }: Frame,
  periods: { id: string; period: string }[],
  between: { min: number; max: number; interval: number },
): EChartsCoreOption {
  const text = textStyle(wide);
  const points = periods.map((period) => ({ ...nothing, ...period }));
  const named = namedPeriods(points, "line");
  return {
    animation: false,
    aria: {
      enabled: true,
      label: { description: `${description} The tab Table holds the same figures.` },
    },
    textStyle: text,
    grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
    xAxis: {
      type: "value",
      min: -0.5,
      max: periods.length - 0.5,
      containShape: false,
      splitLine: { show: false },
      axisLine: { onZero: false, lineStyle: { color: grey1 } },
      axisTick: { customValues: named },
      axisLabel: {
        ...text,
        customValues: named,
        lineHeight: 16,
        hideOverlap: true,
        formatter: (i: number) => shortPeriod(periods[i]?.period ?? ""),
      },
    },
    yAxis: {
      type: "value",
      ...between,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: grey4 } },
      axisLabel: { ...text, formatter: (value: number) => formatTick(value, format) },
    },
  };
}

const nothing = { value: null, text: "", breakNote: null, limits: null, asked: null, type: "" };
