export type Order = "ascending" | "descending";

/** Orders plain values of one column. What is missing comes last either way. */
export function compare(a: string, b: string, order: Order, numeric: boolean): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const ascending = numeric ? Number(a) - Number(b) : a.localeCompare(b, "en-GB");
  return order === "ascending" ? ascending : -ascending;
}

/** Sorts in place what the headings' links would otherwise fetch sorted. */
export function sortInPlace(table: HTMLTableElement): void {
  const rows = table.querySelector<HTMLTableSectionElement>("tbody[data-rows]");
  if (!rows) return;
  const headings = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  headings.forEach((heading, column) => {
    const link = heading.querySelector("a");
    link?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const numeric = heading.classList.contains("number");
      const order = nextOrder(heading.getAttribute("aria-sort"), numeric);
      const value = (row: HTMLTableRowElement) => row.cells[column]?.dataset.value ?? "";
      rows.append(
        ...[...rows.querySelectorAll("tr")].sort((a, b) =>
          compare(value(a), value(b), order, numeric),
        ),
      );
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
