import { LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { formatTick, type Format } from "./axis";
import { fit } from "./fitting";
import { offerReading } from "./reading";
import { courseOption, placeboOption, readCourse, readPlacebos } from "./counterfactual";

use([AriaComponent, GridComponent, LineChart, MarkLineComponent, SVGRenderer, TooltipComponent]);

/** Draws the table of a claim into its figure. */
export function draw(figure: HTMLElement): void {
  const table = document.getElementById(figure.dataset.table ?? "");
  const drawing = figure.querySelector<HTMLElement>(".course__drawing");
  if (!(table instanceof HTMLTableElement) || !drawing) return;
  // A panel that is not shown has no size yet; it is given one for printing.
  const width = drawing.clientWidth || 960;
  const { first = "", second = "", starts = "", description = "", periods = "" } = figure.dataset;
  const format = (figure.dataset.format ?? "number") as Format;
  const frame = { format, description, wide: width > 500 };
  const chart = init(drawing, null, {
    renderer: "svg",
    width,
    height: drawing.clientHeight || 320,
  });
  const notes: string[] = [];
  if (figure.dataset.kind === "placebos") {
    chart.setOption(placeboOption(readPlacebos(table), periods.split(","), starts, frame));
    notes.push(
      "The thick line is the place of the claim, each thin one a place without the scheme.",
      "The dashed line is the start of the scheme.",
    );
  } else {
    const course = readCourse(table);
    const { option, start } = courseOption(course, { first, second }, frame);
    chart.setOption(option);
    offerReading(drawing, {
      places: course.length,
      first: course.length - 1,
      words: (i) => {
        const [one, other] = course[i]?.text ?? ["", ""];
        return `${course[i]?.period}. ${first}: ${one}${second ? `. ${second}: ${other}` : ""}`;
      },
      point: (i) =>
        chart.dispatchAction({
          type: "showTip",
          seriesIndex: course[i]?.first === null ? 1 : 0,
          dataIndex: i,
        }),
      leave: () => chart.dispatchAction({ type: "hideTip" }),
    });
    notes.push(`The line with dots: ${lower(first)}.`);
    if (second) notes.push(`The dashed line: ${lower(second)}.`);
    if (starts) notes.push(`The upright line is the start of the scheme, ${starts}.`);
    if (start) notes.push(`The axis starts at ${formatTick(start, format)}.`);
  }
  const caption = figure.querySelector("figcaption");
  if (caption) caption.textContent = notes.join(" ");
  fit(chart, drawing, 320);
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
