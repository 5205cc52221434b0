export type Order = "ascending" | "descending";

/** Orders plain values of one column. What is missing comes last either way. */
export function compare(a: string, b: string, order: Order, numeric: boolean): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const ascending = numeric ? Number(a) - Number(b) : a.localeCompare(b, "en-GB");
  return order === "ascending" ? ascending : -ascending;
}

/** Sorts in place what the headings' links would otherwise fetch sorted. */
export function sortInPlace(table: HTMLTableElement): void {
  const footprints = [...table.querySelectorAll<HTMLElement>("tbody[data-footprint]")];
  const total = table.querySelector("tbody");
  const headings = [...table.querySelectorAll<HTMLElement>("thead th")];
  headings.forEach((heading, column) => {
    heading.querySelector("a")?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const numeric = heading.classList.contains("number");
      const order = nextOrder(heading.getAttribute("aria-sort"), numeric);
      const value = (footprint: HTMLElement) =>
        footprint.querySelectorAll<HTMLElement>("[data-value]")[column]?.dataset.value ?? "";
      footprints.sort((a, b) => compare(value(a), value(b), order, numeric));
      total?.after(...footprints);
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
    });
  });
}

/** The first sort shows the highest figure or the first name; the next turns it round. */
export function nextOrder(current: string | null, numeric: boolean): Order {
  const first: Order = numeric ? "descending" : "ascending";
  if (current !== "ascending" && current !== "descending") return first;
  return current === "ascending" ? "descending" : "ascending";
}
