import { expect, test } from "vitest";
import { legend, markOf, referenceLines } from "./limits";
import type { Point } from "./points";

function point(type: string, required: number | null, upper: number | null): Point {
  const limits = upper === null ? null : { mean: upper - 5, lower: upper - 10, upper };
  return { id: "", period: "", value: 1, text: "", breakNote: null, limits, required, type };
}

test("a figure that signals something differs in colour and in shape", () => {
  const shapes = ["common_cause", "special_cause_improvement", "special_cause_concern"].map(
    (type) => markOf(point(type, null, 10)),
  );
  expect(new Set(shapes.map((mark) => mark?.symbol)).size).toBe(3);
  expect(new Set(shapes.map((mark) => mark?.colour)).size).toBe(3);
  expect(markOf(point("", null, null))).toBeUndefined();
});

test("limits and target are lines that end where they do not hold", () => {
  const lines = referenceLines([point("common_cause", null, 10), point("", 7, null)]) as {
    data: [number, number | string][];
  }[];
  expect(lines.map((line) => line.data.map(([, value]) => value))).toEqual([
    [5, "-"],
    [0, "-"],
    [10, "-"],
    ["-", 7],
  ]);
});

test("the legend names what is drawn and nothing else", () => {
  expect(legend([point("", null, null)])).toEqual([]);
  expect(legend([point("", 95, null)])).toEqual(["The dotted purple line is the target."]);
  expect(legend([point("special_cause_concern", null, 10)]).join()).toMatch(/orange diamonds/);
  expect(legend([point("special_cause_concern", null, 10)]).join()).not.toMatch(/triangles|target/);
});
