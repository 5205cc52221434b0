/** One period of a card's table. A figure that was not published is null, never zero. */
export interface Point {
  id: string;
  period: string;
  value: number | null;
  text: string;
  /** What changed in the definition with this period. */
  breakNote: string | null;
  /** Why published figures of the period are no figures; absent where they are. */
  gapNote?: string;
  /** The process limits of the period; null where there are none. */
  limits: Limits | null;
  /** What the target requires; null where it requires nothing. */
  required: number | null;
  /** What the figure signals, as package spc names it. */
  type: string;
}

export interface Limits {
  mean: number;
  lower: number;
  upper: number;
}

/** A run of periods, first and last included. */
export interface Run {
  from: number;
  to: number;
}

/** Reads a card's own table, newest first, so that the chart and the table cannot differ. */
export function readPoints(table: HTMLTableElement): Point[] {
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tr[data-period]")];
  return rows.reverse().map((row) => ({
    id: row.dataset.period ?? "",
    period: leadingText(row.cells[0]),
    value: plainNumber(row.dataset.value),
    text: leadingText(row.cells[1]),
    breakNote: row.dataset.break ?? null,
    ...(row.dataset.gap !== undefined && { gapNote: row.dataset.gap }),
    limits: readLimits(row.dataset),
    required: plainNumber(row.dataset.asked),
    type: row.dataset.type ?? "",
  }));
}

function readLimits(data: DOMStringMap): Limits | null {
  if (data.upper === undefined) return null;
  return { mean: Number(data.mean), lower: Number(data.lower), upper: Number(data.upper) };
}

/** A figure as the table's attributes write it; none is null, never zero. */
export function plainNumber(text: string | undefined): number | null {
  return text ? Number(text) : null;
}

/** A cell's own words, without the small print that may follow them. */
export function leadingText(cell: HTMLTableCellElement | undefined): string {
  return cell?.firstChild?.textContent?.trim() ?? "";
}

/** The runs of periods without a figure. */
export function gaps(points: Point[]): Run[] {
  const runs: Run[] = [];
  points.forEach((point, i) => {
    if (point.value !== null) return;
    const last = runs.at(-1);
    if (last?.to === i - 1) last.to = i;
    else runs.push({ from: i, to: i });
  });
  return runs;
}

/** The stretches counted under one definition: a line is never drawn from one into the next. */
export function stretches(points: Point[]): Run[] {
  const starts = points.flatMap((point, i) => (i === 0 || point.breakNote !== null ? [i] : []));
  return starts.map((from, n) => ({ from, to: (starts[n + 1] ?? points.length) - 1 }));
}
