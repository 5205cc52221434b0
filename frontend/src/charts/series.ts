import { BarChart } from "echarts/charts";
import { MarkAreaComponent } from "echarts/components";
import { use } from "echarts/core";
import { colour } from "./colours";
import { apart, extentOfPoints } from "./axis";
import {
  axisNote,
  markLine,
  periodAxis,
  tooltip,
  valueAxis,
  type Draw,
  type Drawing,
  type Room,
} from "./frame";
import { legend, markOf, referenceLines } from "./limits";
import { gaps, readPoints, stretches, type Point } from "./points";

use([BarChart, MarkAreaComponent]);

/** The figures of one place over time, with process limits and target where there are any. */
export const series: Draw = (table, room, { shape = "line" }) =>
  drawSeries(readPoints(table), shape, room);

function drawSeries(points: Point[], shape: string, room: Room): Drawing {
  const range = extentOfPoints(points, shape, room.format);
  const limited = points.some((point) => point.limits);
  const lines = stretches(points);
  return {
    option: {
      grid: { left: 8, right: 24, top: 24, bottom: 8, containLabel: true },
      tooltip: tooltip(room, "axis", (i) => describe(points[i])),
      xAxis: periodAxis(points, shape, room),
      yAxis: { ...valueAxis(range, room), splitNumber: 4 },
      series: [
        ...lines.map(({ from, to }, n) => ({
          type: shape === "column" ? "bar" : "line",
          data: points.slice(from, to + 1).map((point, i) => drawn(point, from + i)),
          connectNulls: false,
          barMaxWidth: 56,
          barGap: "-100%",
          symbol: "circle",
          symbolSize: points.length > 40 ? 5 : 7,
          showAllSymbol: true,
          lineStyle: { width: 2, color: colour(limited ? "usual" : "series") },
          itemStyle: { color: colour("series") },
          emphasis: { disabled: true },
          ...(n === 0 && { markLine: breakLines(points), markArea: gapAreas(points, room.wide) }),
        })),
        ...referenceLines(points),
      ],
    },
    notes: [
      ...breakNotes(points),
      ...gapNotes(points),
      ...knownGapNotes(points),
      ...legend(points),
      ...axisNote(range, room.format),
    ],
    heightOnPaper: 300,
    slider: {
      places: points.length,
      first: points.length - 1,
      words: (i) => describe(points[i]),
      at: (i) => {
        const seriesIndex = lines.findIndex(({ from, to }) => from <= i && i <= to);
        return { seriesIndex, dataIndex: i - (lines[seriesIndex]?.from ?? 0) };
      },
    },
  };
}

/** A figure at its place, in the shape of what it signals. */
function drawn(point: Point, at: number): object {
  const mark = markOf(point);
  const value = [at, point.value ?? "-"];
  if (!mark) return value;
  const size = mark.symbol === "circle" ? 6 : 10;
  return {
    value,
    symbol: mark.symbol,
    symbolSize: size,
    itemStyle: { color: colour(mark.colour) },
  };
}

function describe(point: Point | undefined): string {
  if (!point) return "";
  const mark = markOf(point);
  return `${point.period}: ${point.text}${mark ? `, ${mark.meaning}` : ""}`;
}

function breakLines(points: Point[]): object {
  const breaks = points.flatMap((point, i) => (point.breakNote === null ? [] : [i]));
  const named = apart(breaks, points.length);
  return markLine(
    breaks.map((i) => ({ xAxis: i - 0.5, label: { show: named.includes(i) } })),
    { label: { formatter: "New way of counting from here", fontSize: 14 } },
  );
}

function breakNotes(points: Point[]): string[] {
  return points.flatMap((point) =>
    point.breakNote === null ? [] : [`From ${point.period}: ${point.breakNote}`],
  );
}

function gapAreas(points: Point[], named: boolean): object {
  return {
    silent: true,
    itemStyle: { color: colour("shaded") },
    label: { color: colour("text"), fontSize: 14, position: "insideTop" },
    data: gaps(points).map(({ from, to }) => [
      { xAxis: from - 0.5, name: named && to - from > points.length / 8 ? points[from]?.text : "" },
      { xAxis: to + 0.5 },
    ]),
  };
}

function gapNotes(points: Point[]): string[] {
  const runs = gaps(points).map(({ from, to }) => {
    const [first, last] = [points[from]?.period, points[to]?.period];
    return from === to ? first : `${first} to ${last}`;
  });
  return runs.length === 0 ? [] : [`No figure: ${runs.join(", ")}.`];
}

/** Each known gap once, with the periods that it is of. */
function knownGapNotes(points: Point[]): string[] {
  const periods = new Map<string, string[]>();
  for (const { gapNote, period } of points) {
    if (gapNote !== undefined) periods.set(gapNote, [...(periods.get(gapNote) ?? []), period]);
  }
  return [...periods].map(([note, of]) =>
    of.length === 1 ? `${of[0]}: ${note}` : `${of[0]} to ${of.at(-1)}: ${note}`,
  );
}
