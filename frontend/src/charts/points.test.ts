import { describe, expect, test } from "vitest";
import { gaps, readPoints, stretches, type Point } from "./points";

function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><thead><tr><th>Period</th></tr></thead><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

function points(...values: (number | null)[]): Point[] {
  return values.map((value, i) => ({
    id: String(i),
    period: String(i),
    value,
    text: String(value),
    breakNote: null,
    limits: null,
    required: null,
    type: "",
  }));
}

describe("reading a table", () => {
  test("takes the plain value and the words of each row, the oldest first", () => {
    const read = readPoints(
      table(`
        <tr data-period="2018-04" data-value="0" data-break="New way of counting from here."
          data-asked="5" data-mean="2" data-lower="-1" data-upper="4" data-type="common_cause">
          <th>April 2018<span>New way of counting from here.</span></th><td>0</td></tr>
        <tr data-period="2017-04" data-value="1949762">
          <th>April 2017</th><td><a href="/x">1,949,762</a></td></tr>`),
    );
    expect(read).toEqual([
      {
        ...{ id: "2017-04", period: "April 2017", value: 1949762, text: "1,949,762" },
        ...{ breakNote: null, limits: null, required: null, type: "" },
      },
      {
        ...{
          id: "2018-04",
          period: "April 2018",
          value: 0,
          text: "0",
          breakNote: "New way of counting from here.",
        },
        ...{ limits: { mean: 2, lower: -1, upper: 4 }, required: 5, type: "common_cause" },
      },
    ]);
  });

  test("keeps a missing figure missing", () => {
    const [point] = readPoints(
      table(`<tr data-period="2019-05" data-value=""><th>May 2019</th>
        <td><span>not reported</span><span>Why.</span></td></tr>`),
    );
    expect(point).toMatchObject({ value: null, text: "not reported" });
  });
});

test("a known gap says why its published figure is none", () => {
  const [gap, other] = readPoints(
    table(`
      <tr data-period="2014-08" data-value="5"><th>August 2014</th><td>5</td></tr>
      <tr data-period="2014-07" data-value="" data-gap="Known gap, A: made no return."><th>July 2014</th>
        <td><span>not reported</span></td></tr>`),
  );
  expect(gap).toMatchObject({ value: null, gapNote: "Known gap, A: made no return." });
  expect(other).not.toHaveProperty("gapNote");
});

describe("gaps", () => {
  test("are the runs without a figure", () => {
    expect(gaps(points(null, 1, null, null, 0, null))).toEqual([
      { from: 0, to: 0 },
      { from: 2, to: 3 },
      { from: 5, to: 5 },
    ]);
  });

  test("are none where every figure was published", () => {
    expect(gaps(points(1, 0, 2))).toEqual([]);
  });
});

describe("stretches", () => {
  test("end where the definition changes", () => {
    const all = points(1, 2, 3, 4);
    all[2]!.breakNote = "New way of counting from here.";
    expect(stretches(all)).toEqual([
      { from: 0, to: 1 },
      { from: 2, to: 3 },
    ]);
  });

  test("are one where it never changed, none without points", () => {
    expect(stretches(points(1, 2))).toEqual([{ from: 0, to: 1 }]);
    expect(stretches([])).toEqual([]);
  });
});
