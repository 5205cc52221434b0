import { LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use, type ECharts, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { colour } from "./colours";
import { formatTick, namedPeriods, shortPeriod, type Extent, type Format } from "./axis";
import { offerSaving } from "./saving";
import { addSlider, type Slider } from "./slider";

use([AriaComponent, GridComponent, LineChart, MarkLineComponent, SVGRenderer, TooltipComponent]);

/** What a chart is drawn for. */
export interface Room {
  format: Format;
  wide: boolean;
}

/** What a kind of chart makes of its table. The frame adds all that charts share. */
export interface Drawing {
  option: EChartsCoreOption;
  /** Sentences for the caption: what the drawing alone does not say. */
  notes: string[];
  heightOnPaper: number;
  slider?: Slider;
}

/** A kind of chart: reads the figure's table, so that the two cannot differ. */
export type Draw = (table: HTMLTableElement, room: Room, settings: DOMStringMap) => Drawing;

/** The width in pixels of a chart on A4; its drawing is scaled to other paper. */
const widthOnPaper = 690;

/** Draws the figures of one kind: each as it comes near, and those still waiting before the page is printed. */
export function drawFigures(kind: string, draw: Draw): void {
  const figures = [...document.querySelectorAll<HTMLElement>(`figure[data-kind="${kind}"]`)];
  const drawn = new Map<Element, Framed>();
  const drawOnce = (figure: HTMLElement) => {
    if (drawn.has(figure)) return;
    const framed = frame(figure, draw);
    if (framed) drawn.set(figure, framed);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries)
        if (isIntersecting) drawOnce(target as HTMLElement);
    },
    { rootMargin: "400px" },
  );
  for (const figure of figures) observer.observe(figure);
  // A printer waits for nothing: whatever it is to show has to be drawn before this ends.
  addEventListener("beforeprint", () => {
    figures.forEach(drawOnce);
    for (const framed of drawn.values()) framed.fitPaper();
  });
  addEventListener("afterprint", () => {
    for (const framed of drawn.values()) framed.fitScreen();
  });
}

interface Framed {
  fitPaper: () => void;
  fitScreen: () => void;
}

/** Draws one figure with everything about it: description, slider, caption and the offer to save it. */
function frame(figure: HTMLElement, draw: Draw): Framed | undefined {
  const table = document.getElementById(figure.dataset.table ?? "");
  const panel = figure.querySelector<HTMLElement>(".chart__drawing");
  if (!(table instanceof HTMLTableElement) || !panel) return undefined;
  // A panel that is not shown has no size yet; it is given one for printing.
  const width = panel.clientWidth || 960;
  const room = { format: (figure.dataset.format ?? "number") as Format, wide: width > 500 };
  const { option, notes, heightOnPaper, slider } = draw(table, room, figure.dataset);
  const height = panel.clientHeight || heightOnPaper;
  const chart = init(panel, null, { renderer: "svg", width, height });
  chart.setOption({ ...described(figure.dataset.description ?? "", room), ...option });
  if (slider) addSlider(panel, slider, chart);
  const caption = figure.querySelector("figcaption");
  if (caption) caption.textContent = notes.join(" ");
  offerSaving(figure);
  return fit(chart, panel, heightOnPaper);
}

/** Keeps a chart as large as its room on the screen, and makes it as large as the paper when it is printed. */
function fit(chart: ECharts, panel: HTMLElement, heightOnPaper: number): Framed {
  let printing = false;
  const resize = (width: number | "auto", height: number | "auto") => {
    chart.resize({ width, height });
    chart.getZr().refreshImmediately(); // no frame is drawn between here and the paper
    // Lets the styles scale the drawing to a paper of another width.
    panel
      .querySelector("svg")
      ?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  };
  const fitScreen = () => {
    if (panel.clientWidth > 0) resize("auto", "auto");
  };
  new ResizeObserver(() => {
    if (!printing) fitScreen();
  }).observe(panel);
  return {
    fitPaper: () => {
      printing = true;
      resize(widthOnPaper, heightOnPaper);
    },
    fitScreen: () => {
      printing = false;
      fitScreen();
    },
  };
}

/** What is the same in every chart. */
export function described(description: string, { wide }: Room): EChartsCoreOption {
  return {
    animation: false,
    aria: {
      enabled: true,
      label: { description: `${description} The tab Table holds the same figures.` },
    },
    textStyle: textStyle(wide),
  };
}

interface TextStyle {
  color: string;
  fontFamily: string;
  fontSize: number;
}

export function textStyle(wide: boolean): TextStyle {
  return {
    color: colour("text-quiet"),
    fontFamily: "Arial, sans-serif",
    fontSize: wide ? 14 : 12,
  };
}

/** What a place of the drawing says to who points at it; by its place along the axis, or in its series. */
export function tooltip(
  { wide }: Room,
  trigger: "axis" | "item",
  words: (place: number) => string,
): object {
  return {
    trigger,
    // Drawn within the chart: markup of its own would need style attributes, which the
    // content security policy refuses.
    renderMode: "richText",
    confine: true,
    borderColor: colour("text-quiet"),
    textStyle: { ...textStyle(wide), color: colour("text") },
    ...(trigger === "axis" && {
      axisPointer: { type: "line", lineStyle: { color: colour("text-quiet") } },
    }),
    formatter: (pointed: Pointed | Pointed[]) =>
      words(Array.isArray(pointed) ? (pointed[0]?.value[0] ?? -1) : pointed.dataIndex),
  };
}

interface Pointed {
  dataIndex: number;
  value: [number, number];
}

/**
 * A numeric axis over the places of periods, which lets a line stand between two of them. It lies at zero, or at the
 * bottom of the drawing.
 */
export function periodAxis(
  periods: { id: string }[],
  shape: string,
  { wide }: Room,
  { atBottom = false } = {},
): object {
  const named = namedPeriods(periods, shape);
  return {
    type: "value",
    min: -0.5,
    max: periods.length - 0.5,
    containShape: false,
    splitLine: { show: false },
    axisLine: { onZero: !atBottom, lineStyle: { color: colour("text-quiet") } },
    axisTick: { customValues: named },
    axisLabel: {
      ...textStyle(wide),
      customValues: named,
      lineHeight: 16,
      hideOverlap: true,
      formatter: (i: number) => shortPeriod(periods[i]?.id ?? ""),
    },
  };
}

/** An axis of figures, with light lines across the drawing. */
export function valueAxis(extent: Extent, { format, wide }: Room): object {
  return {
    type: "value",
    ...extent,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colour("hairline") } },
    axisLabel: {
      ...textStyle(wide),
      hideOverlap: true,
      formatter: (value: number) => formatTick(value, format),
    },
  };
}

/** Lines across the drawing, each named where it ends. */
export function markLine(
  data: object[],
  { type = "dashed", label }: { type?: "dashed" | "solid"; label: object },
): object {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: colour("text"), type, width: 1 },
    label: { color: colour("text"), ...label },
    data,
  };
}

/** Says where an axis starts that does not start at zero. */
export function axisNote({ min }: Extent, format: Format): string[] {
  return min ? [`The axis starts at ${formatTick(min, format)}.`] : [];
}
