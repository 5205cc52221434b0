import "../styles/main.scss";
import "./icon.svg";
import { offerLink, offerSaving, permanent } from "./saving";
import { sortInPlace, sortRows } from "./sorting";
import { makeTabs } from "./tabs";

for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
  if (table.querySelector("tbody[data-footprint]")) sortInPlace(table);
  else sortRows(table);
}

for (const tabbed of document.querySelectorAll<HTMLElement>(".tabbed")) {
  const title = tabbed.closest("section")?.querySelector("h2, h3")?.textContent ?? "";
  makeTabs(tabbed, title);
}

const choices = document.querySelector(".choices__inner");
const { pin, stood } = document.querySelector("main")?.dataset ?? {};
if (choices && stood) offerLink(choices, pin);
const printed = document.querySelector(".printed span");
if (printed) printed.textContent = permanent(location.href, pin);

drawWhenNear(".chart", () => import("./chart"));
drawWhenNear(".comparison", () => import("./comparison"));
drawWhenNear(".course", () => import("./course"));

/**
 * Draws each chart as it comes near, and those still waiting before the page is printed.
 * What draws them is loaded with the page: once it is being printed, it would come too late.
 */
function drawWhenNear(
  selector: string,
  load: () => Promise<{ draw: (figure: HTMLElement) => void }>,
): void {
  const figures = [...document.querySelectorAll<HTMLElement>(selector)];
  if (figures.length === 0) return;
  const waiting = new Set<Element>(figures);
  let loading: Promise<void> | undefined;
  let draw: ((figure: HTMLElement) => void) | undefined;
  const prepare = () => (loading ??= load().then((module) => void (draw = module.draw)));
  const drawOnce = (figure: Element) => {
    if (!draw) return void prepare().then(() => drawOnce(figure));
    if (!waiting.delete(figure)) return;
    draw(figure as HTMLElement);
    offerSaving(figure as HTMLElement);
  };
  void prepare();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) drawOnce(entry.target);
    },
    { rootMargin: "400px" },
  );
  for (const figure of figures) observer.observe(figure);
  // Before the charts themselves hear that they are printed.
  addEventListener("beforeprint", () => figures.forEach(drawOnce), { capture: true });
}
