import "../styles/main.scss";
import "./icon.svg";
import { sortInPlace } from "./sorting";
import { makeTabs } from "./tabs";

for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
  sortInPlace(table);
}

for (const tabbed of document.querySelectorAll<HTMLElement>(".tabbed")) {
  const title = tabbed.closest("section")?.querySelector("h2, h3")?.textContent ?? "";
  makeTabs(tabbed, title);
}

void drawWhenNear(".chart", () => import("./chart"));
void drawWhenNear(".comparison", () => import("./comparison"));
void drawWhenNear(".course", () => import("./course"));

/** Draws each chart as it comes near, and those still waiting before the page is printed. */
async function drawWhenNear(
  selector: string,
  load: () => Promise<{ draw: (figure: HTMLElement) => void }>,
): Promise<void> {
  const figures = [...document.querySelectorAll<HTMLElement>(selector)];
  if (figures.length === 0) return;
  const { draw } = await load();
  const waiting = new Set<Element>(figures);
  const drawOnce = (figure: Element) => {
    if (waiting.delete(figure)) draw(figure as HTMLElement);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) drawOnce(entry.target);
    },
    { rootMargin: "400px" },
  );
  for (const figure of figures) observer.observe(figure);
  addEventListener("beforeprint", () => figures.forEach(drawOnce));
}
