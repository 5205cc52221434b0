import type { ECharts } from "echarts/core";

/** What a chart says at each of its places, and where they are in the drawing. */
export interface Slider {
  places: number;
  /** The place that is read first. */
  first: number;
  words: (place: number) => string;
  at: (place: number) => { seriesIndex: number; dataIndex: number };
}

/** Puts a slider under a drawing that moves its crosshair and reads out what lies there, for those who use no pointer. */
export function addSlider(panel: HTMLElement, slider: Slider, chart: ECharts): void {
  if (slider.places < 2) return;
  const input = document.createElement("input");
  input.type = "range";
  input.className = "slider__input";
  input.min = "0";
  input.max = String(slider.places - 1);
  input.value = String(slider.first);
  input.ariaLabel = "Read the chart";
  const words = document.createElement("p");
  words.className = "slider__words";
  words.ariaHidden = "true"; // the slider says the same
  const describe = () => {
    words.textContent = slider.words(input.valueAsNumber);
    input.setAttribute("aria-valuetext", words.textContent);
  };
  const point = () => chart.dispatchAction({ type: "showTip", ...slider.at(input.valueAsNumber) });
  input.addEventListener("input", () => {
    describe();
    point();
  });
  input.addEventListener("focus", point);
  input.addEventListener("blur", () => chart.dispatchAction({ type: "hideTip" }));
  describe();
  const holder = document.createElement("div");
  holder.className = "slider";
  holder.append(input, words);
  panel.after(holder);
}
