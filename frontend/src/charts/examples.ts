/** Tables and series as the tests of charts make and read them. */

/** A table of footprints below England's row. */
export function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><tbody><tr><th>England</th></tr></tbody><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

interface Series {
  type: string;
  name: string;
  data: unknown[];
  markLine?: { data: unknown[] };
}

export const seriesOf = (option: object) => (option as { series: Series[] }).series;
