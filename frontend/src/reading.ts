/** What a chart tells at each of its places, and how it points to one. */
export interface Reading {
  places: number;
  /** The place that is read first. */
  first: number;
  words: (place: number) => string;
  point: (place: number) => void;
  leave: () => void;
}

/** Puts a slider under a drawing that moves its crosshair and reads out what lies there, for those who use no pointer. */
export function offerReading(drawing: HTMLElement, reading: Reading): void {
  if (reading.places < 2) return;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "reading__slider";
  slider.min = "0";
  slider.max = String(reading.places - 1);
  slider.value = String(reading.first);
  slider.ariaLabel = "Read the chart";
  const words = document.createElement("p");
  words.className = "reading__words";
  words.ariaHidden = "true"; // the slider says the same
  const tell = () => {
    words.textContent = reading.words(slider.valueAsNumber);
    slider.setAttribute("aria-valuetext", words.textContent);
  };
  slider.addEventListener("input", () => {
    tell();
    reading.point(slider.valueAsNumber);
  });
  slider.addEventListener("focus", () => reading.point(slider.valueAsNumber));
  slider.addEventListener("blur", () => reading.leave());
  tell();
  const holder = document.createElement("div");
  holder.className = "reading";
  holder.append(slider, words);
  drawing.after(holder);
}
