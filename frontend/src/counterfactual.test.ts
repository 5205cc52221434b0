import { expect, test } from "vitest";
import { around, courseOption, placeboOption, readCourse, readPlacebos } from "./counterfactual";

function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

const periods = table(`
  <tr data-period="2017-03" data-first="30077" data-second="29900"><th>March 2017</th><td>30,077</td><td>29,900</td></tr>
  <tr data-period="2017-04" data-first="28000" data-second="" data-starts><th>April 2017<span>The scheme began</span></th><td>28,000</td><td>no figure</td></tr>`);
const steps = readCourse(periods);

test("a table of periods is read with what is missing and where the scheme began", () => {
  expect(steps).toEqual([
    {
      id: "2017-03",
      period: "March 2017",
      first: 30077,
      second: 29900,
      text: ["30,077", "29,900"],
      starts: false,
    },
    {
      id: "2017-04",
      period: "April 2017",
      first: 28000,
      second: null,
      text: ["28,000", "no figure"],
      starts: true,
    },
  ]);
});

test("the axis has round ends and starts at zero where figures come near it", () => {
  expect(around([30077, 29900, 28000])).toEqual({ min: 28000, max: 30500, interval: 500 });
  expect(around([2, 90])).toEqual({ min: 0, max: 100, interval: 20 });
  expect(around([-12, 8])).toEqual({ min: -15, max: 10, interval: 5 });
  expect(around([5, 5]).max).toBeGreaterThan(around([5, 5]).min);
});

test("a missing figure leaves a gap and the start stands between two periods", () => {
  const { option, start } = courseOption(
    steps,
    { first: "As it was", second: "As it would have been" },
    {
      format: "number",
      description: "",
      wide: true,
    },
  );
  const [, second] = option.series as { data: unknown[] }[];
  expect(second!.data).toEqual([
    [0, 29900],
    [1, "-"],
  ]);
  expect(JSON.stringify(option.series)).toContain('"xAxis":0.5');
  expect(start).toBe(28000);
});

test("the place of the claim is drawn last, over the others", () => {
  const places = readPlacebos(
    table(`
    <tr data-gaps="0.1,-2.5" data-claimed><td>1</td><th>The places of the claim</th><td>−2.5%</td></tr>
    <tr data-gaps="0.3,1.5"><td>2</td><th>Dorset</th><td>+1.5%</td></tr>`),
  );
  expect(places.map((place) => place.gaps)).toEqual([
    [0.1, -2.5],
    [0.3, 1.5],
  ]);
  const option = placeboOption(places, ["2017-03", "2017-04"], "2017-04", {
    format: "percent",
    description: "",
    wide: true,
  });
  const names = (option.series as { name: string }[]).map((series) => series.name);
  expect(names).toEqual(["Dorset", "The places of the claim"]);
});
