import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { formatTick, type Extent, type Format } from "./axis";
import { fit } from "./fitting";
import { offerReading } from "./reading";
import { funnelOption, range, rankedOption, readFunnel, readRanked } from "./compare";

use([
  AriaComponent,
  CustomChart,
  GridComponent,
  LabelLayout,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

/** Draws the table of a comparison into its figure. */
export function draw(figure: HTMLElement): void {
  const table = document.getElementById(figure.dataset.table ?? "");
  const drawing = figure.querySelector<HTMLElement>(".comparison__drawing");
  if (!(table instanceof HTMLTableElement) || !drawing) return;
  // A panel that is not shown has no size yet; it is given one for printing.
  const width = drawing.clientWidth || 960;
  const format = (figure.dataset.format ?? "number") as Format;
  const frame = { format, description: figure.dataset.description ?? "", wide: width > 500 };
  const chart = init(drawing, null, {
    renderer: "svg",
    width,
    height: drawing.clientHeight || 640,
  });
  const notes: string[] = [];
  const read = (rows: { name: string; text: string }[], seriesIndex: number) =>
    offerReading(drawing, {
      places: rows.length,
      first: 0,
      words: (i) => `${rows[i]?.name}: ${rows[i]?.text}`,
      point: (i) => chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: i }),
      leave: () => chart.dispatchAction({ type: "hideTip" }),
    });
  if (figure.dataset.kind === "funnel") {
    const units = readFunnel(table);
    const { centre, denominator } = figure.dataset;
    chart.setOption(funnelOption(units, Number(centre), denominator ?? "", frame));
    read(units, 4); // after the four limits
    notes.push(
      "Each dot is a footprint, a diamond one outside the 99.8% limits.",
      "Dashed lines are the 95% limits, solid ones the 99.8% limits.",
      start(range([...units.flatMap((unit) => [unit.value, ...unit.limits])], format), format),
    );
  } else {
    const ranked = readRanked(table);
    const { england, englandText } = figure.dataset;
    const line = england ? { value: Number(england), text: englandText ?? "" } : null;
    chart.setOption(rankedOption(ranked, line, frame));
    read(ranked, 1); // after the intervals
    if (ranked.some((row) => row.lower !== null)) notes.push("Bars are the 95% intervals.");
    if (line) notes.push("The dashed line is England.");
    if (ranked.some((row) => row.value === null))
      notes.push("A place without a dot has no figure.");
    notes.push(
      start(
        range(
          ranked.flatMap((row) => [row.value, row.lower, row.upper]),
          format,
        ),
        format,
      ),
    );
  }
  const caption = figure.querySelector("figcaption");
  if (caption) caption.textContent = notes.filter(Boolean).join(" ");
  fit(chart, drawing, figure.dataset.kind === "funnel" ? 480 : 860);
}

function start({ min }: Extent, format: Format): string {
  return min ? `The axis starts at ${formatTick(min, format)}.` : "";
}
