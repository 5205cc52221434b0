import "../styles/main.scss";
import "./icon.svg";
import { offerLink, permanentLink } from "./link";
import { offerList, showList } from "./list";
import { sortByLinks, sortByButtons } from "./sorting";
import { makeTabs } from "./tabs";

for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
  if (table.querySelector("tbody[data-footprint]")) sortByLinks(table);
  else sortByButtons(table);
}

for (const tabbed of document.querySelectorAll<HTMLElement>(".tabbed")) {
  const title = tabbed.closest("section")?.querySelector("h2, h3")?.textContent ?? "";
  makeTabs(tabbed, title);
}

for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-print]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    print();
  });
}

const choices = document.querySelector(".choices__inner");
const { pin, stood } = document.querySelector("main")?.dataset ?? {};
if (choices && stood) offerLink(choices, pin);
const heading = document.querySelector<HTMLElement>("h1[data-listed]");
if (heading) offerList(heading, { path: location.pathname, name: heading.dataset.listed! });
const list = document.querySelector<HTMLElement>("#my-list");
if (list) showList(list);
const printed = document.querySelector(".printed span");
// A page that the service prints without knowing its own address has none.
if (printed && !location.hostname.endsWith(".invalid"))
  printed.textContent = permanentLink(location.href, pin);
