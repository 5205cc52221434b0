import type { EChartsCoreOption } from "echarts/core";
import { extent, formatTick, type Extent, type Format } from "./axis";

const blue = "#005eb8";
const orange = "#b34700";
const black = "#212b32";
const grey1 = "#4c6272";
const grey4 = "#d8dde0";

/** A footprint of the ranked table. What has no figure, or no interval, is null. */
export interface Ranked {
  name: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
  text: string;
}

/** A footprint of the funnel's table. */
export interface Unit {
  name: string;
  size: number;
  value: number;
  /** Limits from the lowest: 99.8%, 95%, 95% and 99.8%. */
  limits: [number, number, number, number];
  text: string;
  outside: boolean;
}

function plain(text: string | undefined): number | null {
  return text ? Number(text) : null;
}

function rows(table: HTMLTableElement): HTMLTableRowElement[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-footprint]")];
}

/** Reads the table of the 44 in order, so that the chart and the table cannot differ. */
export function readRanked(table: HTMLTableElement): Ranked[] {
  return rows(table).map(({ dataset }) => ({
    name: dataset.name ?? "",
    value: plain(dataset.value),
    lower: plain(dataset.lower),
    upper: plain(dataset.upper),
    text: dataset.text ?? "",
  }));
}

/** Reads the funnel's table. */
export function readFunnel(table: HTMLTableElement): Unit[] {
  return rows(table).map(({ dataset }) => ({
    name: dataset.name ?? "",
    size: Number(dataset.size),
    value: Number(dataset.value),
    limits: [
      Number(dataset.lower998),
      Number(dataset.lower95),
      Number(dataset.upper95),
      Number(dataset.upper998),
    ],
    text: dataset.text ?? "",
    outside: dataset.outside !== undefined,
  }));
}

/** What both charts are told besides their rows. */
export interface Frame {
  format: Format;
  description: string;
  wide: boolean;
}

/** Where the axis of these figures starts and ends. */
export function range(values: (number | null)[], format: Format): Extent {
  const nothing = { id: "", period: "", text: "", breakNote: null, limits: null, asked: null };
  const points = values.map((value) => ({ ...nothing, value, type: "" }));
  return extent(points, "line", format);
}

function frame({ description, wide }: Frame): EChartsCoreOption {
  return {
    animation: false,
    aria: {
      enabled: true,
      label: { description: `${description} The tab Table holds the same figures.` },
    },
    textStyle: textStyle(wide),
  };
}

function textStyle(wide: boolean): { color: string; fontFamily: string; fontSize: number } {
  return { color: grey1, fontFamily: "Arial, sans-serif", fontSize: wide ? 14 : 12 };
}

function tooltip(wide: boolean, text: (row: number) => string): object {
  return {
    trigger: "item",
    // Markup of its own would need style attributes, which the content security policy refuses.
    renderMode: "richText",
    confine: true,
    borderColor: grey1,
    textStyle: { ...textStyle(wide), color: black },
    formatter: (item: { dataIndex: number }) => text(item.dataIndex),
  };
}

function valueAxis(between: Extent, { format, wide }: Frame): object {
  return {
    type: "value",
    ...between,
    splitNumber: wide ? 6 : 3,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: grey4 } },
    axisLabel: {
      ...textStyle(wide),
      hideOverlap: true,
      formatter: (value: number) => formatTick(value, format),
    },
  };
}

/** The 44 as dots in their order with the interval of each, and England's line where there is one. */
export function rankedOption(
  ranked: Ranked[],
  england: { value: number; text: string } | null,
  settings: Frame,
): EChartsCoreOption {
  const between = range(
    [...ranked.flatMap((row) => [row.value, row.lower, row.upper]), england?.value ?? null],
    settings.format,
  );
  const text = textStyle(settings.wide);
  return {
    ...frame(settings),
    grid: settings.wide
      ? { left: 8, right: 24, top: 8, bottom: 32, containLabel: true }
      : { left: 104, right: 20, top: 24, bottom: 32 },
    tooltip: tooltip(settings.wide, (i) => `${ranked[i]?.name}: ${ranked[i]?.text}`),
    xAxis: { ...valueAxis(between, settings), position: "top" },
    yAxis: {
      type: "category",
      inverse: true,
      data: ranked.map((row) => row.name),
      axisLine: { lineStyle: { color: grey1 } },
      axisTick: { show: false },
      axisLabel: {
        ...text,
        interval: 0,
        ...(!settings.wide && { width: 96, overflow: "break", fontSize: 11, lineHeight: 12 }),
      },
    },
    series: [
      {
        type: "custom",
        name: "95% interval",
        silent: true,
        data: ranked.flatMap((row, i) =>
          row.lower === null || row.upper === null ? [] : [[row.lower, row.upper, i]],
        ),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: IntervalPlace) => {
          const [from, y] = api.coord([api.value(0), api.value(2)]);
          const [to] = api.coord([api.value(1), api.value(2)]);
          return {
            type: "line",
            shape: { x1: from, y1: y, x2: to, y2: y },
            style: { stroke: grey1, lineWidth: 3 },
          };
        },
      },
      {
        type: "scatter",
        name: "Figure",
        data: ranked.map((row, i) => [row.value ?? "-", i]),
        symbolSize: 9,
        itemStyle: { color: blue, opacity: 1 },
        emphasis: { disabled: true },
        ...(england && {
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: black, type: "dashed", width: 1 },
            label: {
              formatter: `England ${england.text}`,
              position: "end",
              color: black,
              fontSize: text.fontSize,
            },
            data: [{ xAxis: england.value }],
          },
        }),
      },
    ],
  };
}

interface IntervalPlace {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

const limitNames = [
  "Lower 99.8% limit",
  "Lower 95% limit",
  "Upper 95% limit",
  "Upper 99.8% limit",
] as const;

/** The 44 against all of them together, with the limits that hold at each size. */
export function funnelOption(
  units: Unit[],
  centre: number,
  denominator: string,
  settings: Frame,
): EChartsCoreOption {
  const between = range(
    [...units.flatMap((unit) => [unit.value, ...unit.limits])],
    settings.format,
  );
  const text = textStyle(settings.wide);
  const bySize = units.toSorted((a, b) => a.size - b.size);
  return {
    ...frame(settings),
    grid: { left: 8, right: 24, top: 24, bottom: 32, containLabel: true },
    tooltip: tooltip(settings.wide, (i) => `${units[i]?.name}: ${units[i]?.text}`),
    xAxis: {
      ...valueAxis({ min: 0 }, { ...settings, format: "number" }),
      name: denominator,
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: text,
    },
    yAxis: valueAxis(between, settings),
    series: [
      ...limitNames.map((name, i) => ({
        type: "line",
        name,
        data: bySize.map((unit) => [unit.size, unit.limits[i]]),
        silent: true,
        symbol: "none",
        tooltip: { show: false },
        lineStyle: { color: grey1, width: 1.5, type: i === 0 || i === 3 ? "solid" : "dashed" },
      })),
      {
        type: "scatter",
        name: "Footprints",
        data: units.map(({ name, size, value, outside }) => ({
          name,
          value: [size, value],
          symbol: outside ? "diamond" : "circle",
          symbolSize: outside ? 13 : 8,
          itemStyle: { color: outside ? orange : blue, opacity: 1 },
          label: { show: outside && settings.wide },
        })),
        label: { formatter: "{b}", position: "right", color: black, fontSize: 12 },
        labelLayout: { hideOverlap: true },
        emphasis: { disabled: true },
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: black, type: "solid", width: 1 },
          label: { show: false },
          data: [{ yAxis: centre }],
        },
      },
    ],
  };
}
