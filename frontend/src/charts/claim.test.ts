import { expect, test } from "vitest";
import { drawClaim, readSteps } from "./claim";

function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

const periods = table(`
  <tr data-period="2017-03" data-first="30077" data-second="29900"><th>March 2017</th><td>30,077</td><td>29,900</td></tr>
  <tr data-period="2017-04" data-first="28000" data-second="" data-starts><th>April 2017<span>The scheme began</span></th><td>28,000</td><td>no figure</td></tr>`);
const steps = readSteps(periods);

test("a table of periods is read with what is missing and where the scheme began", () => {
  expect(steps).toEqual([
    {
      id: "2017-03",
      period: "March 2017",
      first: 30077,
      second: 29900,
      band: null,
      text: ["30,077", "29,900"],
      starts: false,
    },
    {
      id: "2017-04",
      period: "April 2017",
      first: 28000,
      second: null,
      band: null,
      text: ["28,000", "no figure"],
      starts: true,
    },
  ]);
});

test("a missing figure leaves a gap and the start stands between two periods", () => {
  const { option, notes } = drawClaim(
    steps,
    { first: "As it was", second: "As it would have been" },
    "April 2017",
    { format: "number", wide: true },
  );
  const [, second] = option.series as { data: unknown[] }[];
  expect(second!.data).toEqual([
    [0, 29900],
    [1, "-"],
  ]);
  expect(JSON.stringify(option.series)).toContain('"xAxis":0.5');
  expect(notes).toEqual([
    "The line with dots: as it was.",
    "The dashed line: as it would have been.",
    "The upright line is the start of the scheme, April 2017.",
    "The axis starts at 28,000.",
  ]);
});

test("the band of what chance gives is drawn behind the lines and said", () => {
  const banded = readSteps(
    table(
      `<tr data-period="2017-03" data-first="100" data-second="98" data-low="95" data-high="102"><th>March 2017</th><td>100</td><td>98</td></tr>`,
    ),
  );
  expect(banded[0]!.band).toEqual([95, 102]);
  const { option, notes } = drawClaim(
    banded,
    { first: "As it was", second: "As it would have been", band: "What chance gives" },
    "",
    { format: "number", wide: true },
  );
  const series = option.series as { data: unknown[]; stack?: string }[];
  expect(series.filter((s) => s.stack === "band").map((s) => s.data)).toEqual([
    [[0, 95]],
    [[0, 7]],
  ]);
  expect(notes).toContain("The grey band: what chance gives.");
});
