import { colour } from "./colours";
import { extentOfDifferences } from "./axis";
import { claimAxes, startLine } from "./claim";
import type { Draw, Drawing, Room } from "./frame";
import { plainNumber } from "./points";

/** A place with its differences from its own comparison, period by period. */
export interface Placebo {
  name: string;
  gaps: (number | null)[];
  claimed: boolean;
}

/** The same test where there was no scheme. */
export const placebos: Draw = (table, room, { periods = "", starts = "" }) =>
  drawPlacebos(readPlacebos(table), periods.split(","), starts, room);

export function readPlacebos(table: HTMLTableElement): Placebo[] {
  return [...table.querySelectorAll<HTMLTableRowElement>("tr[data-gaps]")].map((row) => ({
    name: row.cells[1]?.textContent?.trim() ?? "",
    gaps: (row.dataset.gaps ?? "").split(",").map(plainNumber),
    claimed: row.dataset.claimed !== undefined,
  }));
}

/** The difference of each place from its own comparison; that of the claim stands out. */
export function drawPlacebos(
  places: Placebo[],
  periods: string[],
  starts: string,
  room: Room,
): Drawing {
  const named = periods.map((id) => ({ id }));
  const values = places.flatMap((place) => place.gaps).filter((gap) => gap !== null);
  const claimedLast = places.toSorted((a, b) => Number(a.claimed) - Number(b.claimed)); // drawn on top
  return {
    option: {
      ...claimAxes(named, extentOfDifferences(values), room),
      tooltip: { show: false },
      series: claimedLast.map(({ name, gaps, claimed }) => {
        const color = colour(claimed ? "series" : "rule");
        return {
          type: "line",
          name,
          data: gaps.map((gap, i) => [i, gap ?? "-"]),
          symbol: "none",
          silent: true,
          lineStyle: { width: claimed ? 3 : 1, color },
          itemStyle: { color },
          emphasis: { disabled: true },
          ...(claimed && { markLine: startLine(periods.indexOf(starts)) }),
        };
      }),
    },
    notes: [
      "The thick line is the place of the claim, each thin one a place without the scheme.",
      "The dashed line is the start of the scheme.",
    ],
    heightOnPaper: 320,
  };
}
