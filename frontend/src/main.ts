import "../styles/main.scss";
import "./icon.svg";
import { offerLink, permanentLink } from "./link";
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

const choices = document.querySelector(".choices__inner");
const { pin, stood } = document.querySelector("main")?.dataset ?? {};
if (choices && stood) offerLink(choices, pin);
const printed = document.querySelector(".printed span");
if (printed) printed.textContent = permanentLink(location.href, pin);
