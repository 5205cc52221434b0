import { colour } from "./colours";
import { extentOfDifferences } from "./axis";
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
import { leadingText, plainNumber } from "./points";

/** One period of a claim's chart: two figures, of which either may be missing. */
export interface Step {
  id: string;
  period: string;
  first: number | null;
  second: number | null;
  /** What chance gives around the second figure; null where there is no band. */
  band: [number, number] | null;
  text: [string, string];
  starts: boolean;
}

/** What the two lines of a claim's chart are called; second is empty where there is one line. */
export interface Names {
  first: string;
  second: string;
  /** What the band is called; empty without one. */
  band?: string;
}

/** The figures of a claim's places over time, beside those that would have been or those of others. */
export const claim: Draw = (table, room, { first = "", second = "", band = "", starts = "" }) =>
  drawClaim(readSteps(table), { first, second, band }, starts, room);

export function readSteps(table: HTMLTableElement): Step[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-period]")].map((row) => ({
    id: row.dataset.period ?? "",
    period: leadingText(row.cells[0]),
    first: plainNumber(row.dataset.first),
    second: plainNumber(row.dataset.second),
    band: bandOf(plainNumber(row.dataset.low), plainNumber(row.dataset.high)),
    text: [row.cells[1]?.textContent?.trim() ?? "", row.cells[2]?.textContent?.trim() ?? ""],
    starts: row.dataset.starts !== undefined,
  }));
}

function bandOf(low: number | null, high: number | null): [number, number] | null {
  return low === null || high === null ? null : [low, high];
}

/** Two series that are stacked, the second of which fills what lies between the ends of the band. */
function bandSeries(steps: Step[], name: string): object[] {
  const part = (pick: (band: [number, number]) => number, style: object) => ({
    type: "line",
    name,
    stack: "band",
    stackStrategy: "all",
    data: steps.map((step, i) => [i, step.band ? pick(step.band) : "-"]),
    symbol: "none",
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
    z: 1,
    ...style,
  });
  return [
    part(([low]) => low, {}),
    part(([low, high]) => high - low, { areaStyle: { color: colour("band"), opacity: 1 } }),
  ];
}

/** Two lines, and where the scheme started, which starts says in words. */
export function drawClaim(steps: Step[], names: Names, starts: string, room: Room): Drawing {
  const values = steps
    .flatMap((step) => [step.first, step.second, ...(step.band ?? [])])
    .filter((v) => v !== null);
  const extent = extentOfDifferences(values);
  const line = (pick: (step: Step) => number | null) =>
    steps.map((step, i) => [i, pick(step) ?? "-"]);
  return {
    option: {
      ...claimAxes(steps, extent, room),
      tooltip: tooltip(room, "axis", (i) => describe(steps[i], names, "\n")),
      series: [
        {
          type: "line",
          name: names.first,
          data: line((step) => step.first),
          symbol: "circle",
          symbolSize: 5,
          showAllSymbol: true,
          lineStyle: { width: 2, color: colour("series") },
          itemStyle: { color: colour("series") },
          emphasis: { disabled: true },
          markLine: startLine(steps.findIndex((step) => step.starts)),
        },
        {
          type: "line",
          name: names.second,
          data: line((step) => step.second),
          symbol: "none",
          lineStyle: { width: 2, color: colour("text"), type: "dashed" },
          itemStyle: { color: colour("text") },
          emphasis: { disabled: true },
        },
        ...(names.band ? bandSeries(steps, names.band) : []),
      ],
    },
    notes: [
      `The line with dots: ${lowerFirst(names.first)}.`,
      ...(names.second ? [`The dashed line: ${lowerFirst(names.second)}.`] : []),
      ...(names.band ? [`The grey band: ${lowerFirst(names.band)}.`] : []),
      ...(starts ? [`The upright line is the start of the scheme, ${starts}.`] : []),
      ...axisNote(extent, room.format),
    ],
    heightOnPaper: 320,
    slider: {
      places: steps.length,
      first: steps.length - 1,
      words: (i) => describe(steps[i], names, ". "),
      at: (i) => ({ seriesIndex: steps[i]?.first === null ? 1 : 0, dataIndex: i }),
    },
  };
}

function describe(step: Step | undefined, names: Names, parted: string): string {
  if (!step) return "";
  const [first, second] = step.text;
  return [
    step.period,
    `${names.first}: ${first}`,
    ...(names.second ? [`${names.second}: ${second}`] : []),
  ].join(parted);
}

/** The axes of a claim's charts: periods along, figures up. */
export function claimAxes(
  periods: { id: string }[],
  extent: { min: number; max: number; interval: number },
  room: Room,
): object {
  return {
    grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
    xAxis: periodAxis(periods, "line", room, { atBottom: true }),
    yAxis: valueAxis(extent, room),
  };
}

/** The upright line before the period in which the scheme started. */
export function startLine(at: number): object | undefined {
  if (at < 0) return undefined;
  return markLine([{ xAxis: at - 0.5 }], { label: { formatter: "Start", fontSize: 14 } });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
