export type Order = "ascending" | "descending";

/** Orders plain values of one column. What is missing comes last either way. */
export function compareValues(a: string, b: string, order: Order, numeric: boolean): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  const ascending = numeric ? Number(a) - Number(b) : a.localeCompare(b, "en-GB");
  return order === "ascending" ? ascending : -ascending;
}

/** Sorts in place what the headings' links would otherwise fetch sorted. */
export function sortByLinks(table: HTMLTableElement): void {
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
      footprints.sort((a, b) => compareValues(value(a), value(b), order, numeric));
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

/** What a cell is sorted by: the plain number that it states, none where it states none; of other columns its text. */
export function sortValue(cell: Element | undefined, numeric: boolean): string {
  const plain = cell?.getAttribute("data-value");
  return plain ?? (numeric ? "" : (cell?.textContent?.trim() ?? ""));
}

/** Lets the headings of a plain table sort its rows, each body by itself; a heading of a body stays on top. */
export function sortByButtons(table: HTMLTableElement): void {
  const headings = [...table.querySelectorAll<HTMLElement>("thead th")];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike sort";
    if (heading.querySelector("a")) {
      const name = heading.querySelector("a")?.textContent ?? "";
      button.textContent = "Sort";
      button.ariaLabel = `Sort by ${name}`;
      heading.append(" ", button);
    } else {
      button.append(...heading.childNodes);
      heading.append(button);
    }
    const numeric = heading.matches(".number, [data-numeric]");
    button.addEventListener("click", () => {
      const order = nextOrder(heading.getAttribute("aria-sort"), numeric);
      for (const body of table.querySelectorAll("tbody")) {
        const rows = [...body.querySelectorAll("tr")].filter(
          (row) => !row.querySelector("[scope=rowgroup]"),
        );
        rows.sort((a, b) =>
          compareValues(
            sortValue(a.children[column], numeric),
            sortValue(b.children[column], numeric),
            order,
            numeric,
          ),
        );
        body.append(...rows);
      }
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
    });
  });
}
