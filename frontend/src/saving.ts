/** What a saved chart says of itself, apart from the drawing. */
export interface Telling {
  title: string;
  notes: string[];
}

const namespace = "http://www.w3.org/2000/svg";
const margin = 16;
const font = "Arial, sans-serif";

/** A drawing as a picture of its own: its title above; below it what it rests on, and as of when. */
export function picture(drawing: SVGSVGElement, size: [number, number], telling: Telling): string {
  const [width, height] = size;
  const root = document.createElementNS(namespace, "svg");
  let y = margin;
  const write = (text: string, points: number, weight: string) => {
    // A letter of Arial is half as wide as it is high, or a little more.
    for (const line of lines(text, Math.floor((width - 2 * margin) / (points * 0.54)))) {
      y += points * 1.3;
      const written = document.createElementNS(namespace, "text");
      set(written, { x: margin, y, "font-family": font, "font-size": points });
      set(written, { "font-weight": weight, fill: "#212b32" });
      written.textContent = line;
      root.append(written);
    }
  };
  write(telling.title, 20, "bold");
  y += margin;
  const inner = drawing.cloneNode(true) as SVGSVGElement;
  set(inner, { x: 0, y, width, height });
  if (!inner.hasAttribute("viewBox")) set(inner, { viewBox: `0 0 ${width} ${height}` });
  root.append(inner);
  y += height;
  for (const note of telling.notes) write(note, 13, "normal");
  y += margin;
  const ground = document.createElementNS(namespace, "rect");
  set(ground, { width, height: y, fill: "#ffffff" });
  root.prepend(ground);
  set(root, { xmlns: namespace, width, height: y, viewBox: `0 0 ${width} ${y}` });
  return new XMLSerializer().serializeToString(root);
}

function set(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** Parts a text into lines of at most so many letters, between words where it can. */
export function lines(text: string, most: number): string[] {
  const all: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= most) {
      line = longer;
      continue;
    }
    if (line !== "") all.push(line);
    line = word;
    for (; line.length > most; line = line.slice(most)) all.push(line.slice(0, most));
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

/** The address that keeps the figures that a page shows now. */
export function permanent(address: string, asOf: string | undefined): string {
  const url = new URL(address);
  if (asOf) url.searchParams.set("as_of", asOf);
  return url.href;
}

/** Offers a drawn chart as a picture, below it. */
export function offerSaving(figure: HTMLElement): void {
  if (figure.querySelector(".saving") || !figure.querySelector("svg")) return;
  const offer = document.createElement("p");
  offer.className = "saving";
  offer.append(
    "Save the chart as ",
    saver("PNG", () => save(figure, "png")),
    " or ",
    saver("SVG", () => save(figure, "svg")),
  );
  figure.append(offer);
}

function saver(kind: string, act: () => Promise<void>): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = kind;
  button.addEventListener("click", () => void act());
  return button;
}

function tell(figure: HTMLElement): Telling {
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
      permanent(location.href, pin),
    ].filter(Boolean),
  };
}

async function save(figure: HTMLElement, kind: "png" | "svg"): Promise<void> {
  const drawing = figure.querySelector("svg");
  if (!drawing) return;
  const telling = tell(figure);
  const box = drawing.getBoundingClientRect();
  const text = picture(drawing, [box.width, box.height], telling);
  const vector = new Blob([text], { type: "image/svg+xml" });
  hand(kind === "svg" ? vector : await painted(vector), fileName(telling.title, kind));
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

function hand(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Offers a link that keeps the figures that the page shows now. */
export function offerLink(beside: Element, asOf: string | undefined): void {
  const offer = document.createElement("p");
  offer.className = "choices__link";
  const told = document.createElement("span");
  told.role = "status";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "linklike";
  button.textContent = "Copy a link to these figures";
  button.addEventListener("click", async () => {
    const link = permanent(location.href, asOf);
    try {
      await navigator.clipboard.writeText(link);
      told.textContent =
        "Copied. This link keeps the figures shown now. Targets and derived measures follow their definitions.";
    } catch {
      told.textContent = link; // where pages may not write to the clipboard, it is there to be copied
    }
  });
  offer.append(button, " ", told);
  beside.append(offer);
}
