import type { ECharts } from "echarts/core";

/** The width in pixels of a chart on A4; its drawing is scaled to other paper. */
const paper = 690;

/** Keeps a chart as large as its room on the screen, and draws it anew for paper, at the height given. */
export function fit(chart: ECharts, drawing: HTMLElement, heightOnPaper: number): void {
  const fill = () => {
    if (drawing.clientWidth > 0) chart.resize({ width: "auto", height: "auto" });
  };
  new ResizeObserver(fill).observe(drawing);
  addEventListener("beforeprint", () => {
    chart.resize({ width: paper, height: heightOnPaper });
    chart.getZr().refreshImmediately(); // no frame is drawn between here and the paper
  });
  addEventListener("afterprint", fill);
}
