import { CustomChart, ScatterChart } from "echarts/charts";
import { use } from "echarts/core";
import { colour } from "./colours";
import { extentOf } from "./axis";
import {
  axisNote,
  markLine,
  textStyle,
  tooltip,
  valueAxis,
  type Draw,
  type Drawing,
  type Room,
} from "./frame";
import { plainNumber } from "./points";

use([CustomChart, ScatterChart]);

/** A footprint of the ranked table. What has no figure, or no interval, is null. */
export interface Ranked {
  name: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
  text: string;
}

/** The footprints in order, with England among them where figures compare. */
export const ranked: Draw = (table, room) =>
  drawRanked(readRanked(table), readEngland(table), room);

/** England's figure, which has a row of its own; null where amounts do not compare. */
export function readEngland(table: HTMLTableElement): { value: number; text: string } | null {
  const england = table.querySelector<HTMLTableRowElement>("tr[data-england]");
  const value = plainNumber(england?.dataset.value);
  return value === null ? null : { value, text: england?.dataset.text ?? "" };
}

export function readRanked(table: HTMLTableElement): Ranked[] {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-footprint]")];
  return rows.map(({ dataset }) => ({
    name: dataset.name ?? "",
    value: plainNumber(dataset.value),
    lower: plainNumber(dataset.lower),
    upper: plainNumber(dataset.upper),
    text: dataset.text ?? "",
  }));
}

/** Dots in their order with the interval of each, and England's line where there is one. */
export function drawRanked(
  rows: Ranked[],
  england: { value: number; text: string } | null,
  room: Room,
): Drawing {
  const values = rows.flatMap((row) => [row.value, row.lower, row.upper]).filter((v) => v !== null);
  const extent = extentOf(england ? [...values, england.value] : values, room.format);
  const text = textStyle(room.wide);
  return {
    option: {
      grid: room.wide
        ? { left: 8, right: 24, top: 8, bottom: 32, containLabel: true }
        : { left: 104, right: 20, top: 24, bottom: 32 },
      tooltip: tooltip(room, "item", (i) => describe(rows[i])),
      xAxis: { ...valueAxis(extent, room), splitNumber: room.wide ? 6 : 3, position: "top" },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((row) => row.name),
        axisLine: { lineStyle: { color: colour("text-quiet") } },
        axisTick: { show: false },
        axisLabel: {
          ...text,
          interval: 0,
          ...(!room.wide && { width: 96, overflow: "break", fontSize: 11, lineHeight: 12 }),
        },
      },
      series: [
        {
          type: "custom",
          name: "95% interval",
          silent: true,
          data: rows.flatMap((row, i) =>
            row.lower === null || row.upper === null ? [] : [[row.lower, row.upper, i]],
          ),
          encode: { x: [0, 1], y: 2 },
          renderItem: drawInterval,
        },
        {
          type: "scatter",
          name: "Figure",
          data: rows.map((row, i) => [row.value ?? "-", i]),
          symbolSize: 9,
          itemStyle: { color: colour("series"), opacity: 1 },
          emphasis: { disabled: true },
          ...(england && {
            markLine: markLine([{ xAxis: england.value }], {
              label: {
                formatter: `England ${england.text}`,
                position: "end",
                fontSize: text.fontSize,
              },
            }),
          }),
        },
      ],
    },
    notes: [
      ...(rows.some((row) => row.lower !== null) ? ["Bars are the 95% intervals."] : []),
      ...(england ? ["The dashed line is England."] : []),
      ...(rows.some((row) => row.value === null) ? ["A place without a dot has no figure."] : []),
      ...axisNote(extent, room.format),
    ],
    heightOnPaper: 860,
    slider: {
      places: rows.length,
      first: 0,
      words: (i) => describe(rows[i]),
      at: (i) => ({ seriesIndex: 1, dataIndex: i }), // after the intervals
    },
  };
}

interface IntervalPlace {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

function drawInterval(_: unknown, place: IntervalPlace): object {
  const [from, y] = place.coord([place.value(0), place.value(2)]);
  const [to] = place.coord([place.value(1), place.value(2)]);
  return {
    type: "line",
    shape: { x1: from, y1: y, x2: to, y2: y },
    style: { stroke: colour("usual"), lineWidth: 3 },
  };
}

function describe(row: Ranked | undefined): string {
  return row ? `${row.name}: ${row.text}` : "";
}
