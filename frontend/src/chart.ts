import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { extent, formatTick, namedPeriods, shortPeriod, type Format } from "./axis";
import { legend, markOf, referenceLines } from "./limits";
import { fit } from "./fitting";
import { offerReading } from "./reading";
import { gaps, readPoints, stretches, type Point } from "./series";

use([
  AriaComponent,
  BarChart,
  GridComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  SVGRenderer,
  TooltipComponent,
]);

const blue = "#005eb8";
const black = "#212b32";
const grey1 = "#4c6272";
const grey4 = "#d8dde0";
const grey5 = "#f0f4f5";

/** Draws a card's table into its figure. */
export function draw(figure: HTMLElement): void {
  const table = document.getElementById(figure.dataset.table ?? "");
  const drawing = figure.querySelector<HTMLElement>(".chart__drawing");
  if (!(table instanceof HTMLTableElement) || !drawing) return;
  const points = readPoints(table);
  const kind = figure.dataset.kind ?? "line";
  const format = (figure.dataset.format ?? "number") as Format;
  const range = extent(points, kind, format);
  const named = namedPeriods(points, kind);
  const limited = points.some((point) => point.limits);
  // A panel that is not shown has no size yet; it is given one for printing.
  const width = drawing.clientWidth || 960;
  const wide = width > 500;
  const text = { color: grey1, fontFamily: "Arial, sans-serif", fontSize: wide ? 14 : 12 };

  const chart = init(drawing, null, {
    renderer: "svg",
    width,
    height: drawing.clientHeight || 320,
  });
  chart.setOption({
    animation: false,
    aria: {
      enabled: true,
      label: {
        description: `${figure.dataset.description ?? ""} The tab Table holds the same figures.`,
      },
    },
    textStyle: text,
    grid: { left: 8, right: 24, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis",
      // Drawn within the chart: markup of its own would need style attributes, which the
      // content security policy refuses.
      renderMode: "richText",
      confine: true,
      borderColor: grey1,
      textStyle: { ...text, color: black },
      formatter: (items: unknown) => tip(points, items),
      axisPointer: { type: "line", lineStyle: { color: grey1 } },
    },
    // A numeric axis over the periods' places lets a break stand between two of them.
    xAxis: {
      type: "value",
      min: -0.5,
      max: points.length - 0.5,
      containShape: false,
      splitLine: { show: false },
      axisLine: { lineStyle: { color: grey1 } },
      axisTick: { customValues: named },
      axisLabel: {
        ...text,
        customValues: named,
        lineHeight: 16,
        hideOverlap: true,
        formatter: (i: number) => shortPeriod(points[i]?.period ?? ""),
      },
    },
    yAxis: {
      type: "value",
      ...range,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: grey4 } },
      axisLabel: { ...text, formatter: (value: number) => formatTick(value, format) },
    },
    series: [
      ...stretches(points).map((stretch, n) => ({
        type: kind === "column" ? "bar" : "line",
        data: points
          .slice(stretch.from, stretch.to + 1)
          .map((point, i) => drawn(point, stretch.from + i)),
        connectNulls: false,
        barMaxWidth: 56,
        barGap: "-100%",
        symbol: "circle",
        symbolSize: points.length > 40 ? 5 : 7,
        showAllSymbol: true,
        lineStyle: { width: 2, color: limited ? grey1 : blue },
        itemStyle: { color: blue },
        emphasis: { disabled: true },
        ...(n === 0 && { markLine: breakLines(points), markArea: gapAreas(points, wide) }),
      })),
      ...referenceLines(points),
    ],
  });

  offerReading(drawing, {
    places: points.length,
    first: points.length - 1,
    words: (i) => tell(points[i]),
    point: (i) => {
      const lines = stretches(points);
      const seriesIndex = lines.findIndex(({ from, to }) => from <= i && i <= to);
      const from = lines[seriesIndex]?.from ?? 0;
      chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: i - from });
    },
    leave: () => chart.dispatchAction({ type: "hideTip" }),
  });

  const caption = figure.querySelector("figcaption");
  if (caption) caption.textContent = notes(points, range.min, format);
  fit(chart, drawing, 300);
}

/** A figure at its place, in the shape of what it signals. */
function drawn(point: Point, at: number): object {
  const mark = markOf(point);
  const value = [at, point.value ?? "-"];
  if (!mark) return value;
  const size = mark.symbol === "circle" ? 6 : 10;
  return { value, symbol: mark.symbol, symbolSize: size, itemStyle: { color: mark.color } };
}

function tip(points: Point[], items: unknown): string {
  const [item] = items as { value: [number, number] }[];
  return tell(item && points[item.value[0]]);
}

function tell(point: Point | undefined): string {
  if (!point) return "";
  const mark = markOf(point);
  return `${point.period}: ${point.text}${mark ? `, ${mark.meaning}` : ""}`;
}

function breakLines(points: Point[]): object {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: black, type: "dashed", width: 1 },
    label: { formatter: "Counted anew", color: black, fontSize: 14 },
    data: points.flatMap((point, i) => (point.breakNote === null ? [] : [{ xAxis: i - 0.5 }])),
  };
}

function gapAreas(points: Point[], named: boolean): object {
  return {
    silent: true,
    itemStyle: { color: grey5 },
    label: { color: black, fontSize: 14, position: "insideTop" },
    data: gaps(points).map(({ from, to }) => [
      { xAxis: from - 0.5, name: named && to - from > points.length / 8 ? points[from]?.text : "" },
      { xAxis: to + 0.5 },
    ]),
  };
}

/** What the drawing alone would not tell. */
function notes(points: Point[], axisStart: number | undefined, format: Format): string {
  const sentences = points.flatMap((point) =>
    point.breakNote === null ? [] : [`From ${point.period}: ${point.breakNote}`],
  );
  const runs = gaps(points).map(({ from, to }) => {
    const [first, last] = [points[from]?.period, points[to]?.period];
    return from === to ? first : `${first} to ${last}`;
  });
  if (runs.length > 0) sentences.push(`No figure: ${runs.join(", ")}`);
  sentences.push(...legend(points));
  if (axisStart) sentences.push(`The axis starts at ${formatTick(axisStart, format)}`);
  return sentences.map((sentence) => sentence.replace(/\.?$/, ".")).join(" ");
}
