import { ScatterChart } from "echarts/charts";
import { use } from "echarts/core";
import { LabelLayout } from "echarts/features";
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

use([LabelLayout, ScatterChart]);

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

/** The footprints by their size against all of them together. */
export const funnel: Draw = (table, room, { centre, denominator = "" }) =>
  drawFunnel(readFunnel(table), Number(centre), denominator, room);

export function readFunnel(table: HTMLTableElement): Unit[] {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-footprint]")];
  return rows.map(({ dataset }) => ({
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

const limitNames = [
  "Lower 99.8% limit",
  "Lower 95% limit",
  "Upper 95% limit",
  "Upper 99.8% limit",
] as const;

/** Dots about the line of all together, with the limits that hold at each size. */
export function drawFunnel(
  units: Unit[],
  centre: number,
  denominator: string,
  room: Room,
): Drawing {
  const extent = extentOf(
    units.flatMap((unit) => [unit.value, ...unit.limits]),
    room.format,
  );
  const splitNumber = room.wide ? 6 : 3;
  const bySize = units.toSorted((a, b) => a.size - b.size);
  return {
    option: {
      grid: { left: 8, right: 24, top: 24, bottom: 32, containLabel: true },
      tooltip: tooltip(room, "item", (i) => describe(units[i])),
      xAxis: {
        ...valueAxis({ min: 0 }, { ...room, format: "number" }),
        splitNumber,
        name: denominator,
        nameLocation: "middle",
        nameGap: 32,
        nameTextStyle: textStyle(room.wide),
      },
      yAxis: { ...valueAxis(extent, room), splitNumber },
      series: [
        ...limitNames.map((name, i) => ({
          type: "line",
          name,
          data: bySize.map((unit) => [unit.size, unit.limits[i]]),
          silent: true,
          symbol: "none",
          tooltip: { show: false },
          lineStyle: {
            color: colour("usual"),
            width: 1.5,
            type: i === 0 || i === 3 ? "solid" : "dashed",
          },
        })),
        {
          type: "scatter",
          name: "Footprints",
          data: units.map(({ name, size, value, outside }) => ({
            name,
            value: [size, value],
            symbol: outside ? "diamond" : "circle",
            symbolSize: outside ? 13 : 8,
            itemStyle: { color: colour(outside ? "concern" : "series"), opacity: 1 },
            label: { show: outside && room.wide },
          })),
          label: { formatter: "{b}", position: "right", color: colour("text"), fontSize: 12 },
          labelLayout: { hideOverlap: true },
          emphasis: { disabled: true },
          markLine: markLine([{ yAxis: centre }], { type: "solid", label: { show: false } }),
        },
      ],
    },
    notes: [
      "Each dot is a footprint, a diamond one outside the 99.8% limits.",
      "Dashed lines are the 95% limits, solid ones the 99.8% limits.",
      ...axisNote(extent, room.format),
    ],
    heightOnPaper: 480,
    slider: {
      places: units.length,
      first: 0,
      words: (i) => describe(units[i]),
      at: (i) => ({ seriesIndex: limitNames.length, dataIndex: i }), // after the limits
    },
  };
}

function describe(unit: Unit | undefined): string {
  return unit ? `${unit.name}: ${unit.text}` : "";
}
