import { colour } from "./colours";
import { permanentLink } from "../link";

/** What a saved chart says of itself, apart from the drawing. */
export interface Imprint {
  title: string;
  notes: string[];
}

const namespace = "http://www.w3.org/2000/svg";
const margin = 16;
const font = "Arial, sans-serif";

/** A drawing as a picture of its own: its title above; below it what it rests on, and as of when. */
export function picture(drawing: SVGSVGElement, size: [number, number], imprint: Imprint): string {
  const [width, height] = size;
  const root = document.createElementNS(namespace, "svg");
  let y = margin;
  const write = (text: string, points: number, weight: string) => {
    // A letter of Arial is half as wide as it is high, or a little more.
    for (const line of lines(text, Math.floor((width - 2 * margin) / (points * 0.54)))) {
      y += points * 1.3;
      const written = document.createElementNS(namespace, "text");
      set(written, { x: margin, y, "font-family": font, "font-size": points });
      set(written, { "font-weight": weight, fill: colour("text") });
      written.textContent = line;
      root.append(written);
    }
  };
  write(imprint.title, 20, "bold");
  y += margin;
  const inner = drawing.cloneNode(true) as SVGSVGElement;
  set(inner, { x: 0, y, width, height });
  if (!inner.hasAttribute("viewBox")) set(inner, { viewBox: `0 0 ${width} ${height}` });
  root.append(inner);
  y += height;
  for (const note of imprint.notes) write(note, 13, "normal");
  y += margin;
  const ground = document.createElementNS(namespace, "rect");
  set(ground, { width, height: y, fill: colour("panel") });
  root.prepend(ground);
  set(root, { xmlns: namespace, width, height: y, viewBox: `0 0 ${width} ${y}` });
  return new XMLSerializer().serializeToString(root);
}

function set(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** Parts a text into lines of at most so many letters, between words where it can. */
export function lines(text: string, maxLength: number): string[] {
  const all: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= maxLength) {
      line = longer;
      continue;
    }
    if (line !== "") all.push(line);
    line = word;
    for (; line.length > maxLength; line = line.slice(maxLength))
      all.push(line.slice(0, maxLength));
  }
  return line === "" ? all : [...all, line];
}

/** A file is named after its chart. */
export function fileName(title: string, kind: string): string {
  const words =
    title
      .toLowerCase()
      .replaceAll("&", " and ")
      .match(/[a-z0-9]+/g) ?? [];
  return `${words.join("-").slice(0, 100)}.${kind}`;
}

/** Offers a drawn chart as a picture, below it. */
export function offerSaving(figure: HTMLElement): void {
  if (figure.querySelector(".saving") || !figure.querySelector("svg")) return;
  const offer = document.createElement("p");
  offer.className = "saving";
  offer.append(
    "Save the chart as ",
    saveButton("PNG", () => save(figure, "png")),
    " or ",
    saveButton("SVG", () => save(figure, "svg")),
  );
  figure.append(offer);
}

function saveButton(kind: string, act: () => Promise<void>): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = kind;
  button.addEventListener("click", () => void act());
  return button;
}

function imprintOf(figure: HTMLElement): Imprint {
  const main = figure.closest("main");
  const heading = figure.closest("section")?.querySelector("h2, h3")?.textContent ?? "";
  const page = main?.querySelector("h1")?.textContent ?? "";
  const { stood, pin } = main?.dataset ?? {};
  const { source } = figure.dataset;
  return {
    title: [page, heading].map((part) => part.trim()).join(": "),
    notes: [
      figure.querySelector("figcaption")?.textContent ?? "",
      source ? `Source: ${source}` : "",
      stood ? `Figures ${stood}.` : "",
      permanentLink(location.href, pin),
    ].filter(Boolean),
  };
}

async function save(figure: HTMLElement, kind: "png" | "svg"): Promise<void> {
  const drawing = figure.querySelector("svg");
  if (!drawing) return;
  const imprint = imprintOf(figure);
  const box = drawing.getBoundingClientRect();
  const text = picture(drawing, [box.width, box.height], imprint);
  const vector = new Blob([text], { type: "image/svg+xml" });
  download(kind === "svg" ? vector : await painted(vector), fileName(imprint.title, kind));
}

/** Paints a picture at twice its size, for print and sharp screens. */
async function painted(vector: Blob): Promise<Blob> {
  const address = URL.createObjectURL(vector);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture was made")))),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

function download(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
