import { colour, type Colour } from "./colours";
import { stretches, type Point } from "./points";

export interface Mark {
  symbol: string;
  colour: Colour;
  /** The shape in words. */
  shapes: string;
  meaning: string;
}

/** How a figure is drawn that signals something: colour, shape and words, as colour alone tells not everyone. */
const marks: Record<string, Mark> = {
  common_cause: {
    symbol: "circle",
    colour: "usual",
    shapes: "grey circles",
    meaning: "normal variation",
  },
  special_cause_improvement: {
    symbol: "triangle",
    colour: "improvement",
    shapes: "blue triangles",
    meaning: "unusual change for the better",
  },
  special_cause_concern: {
    symbol: "diamond",
    colour: "concern",
    shapes: "orange diamonds",
    meaning: "unusual change of concern",
  },
  special_cause_neutral_high: {
    symbol: "rect",
    colour: "neutral",
    shapes: "purple squares",
    meaning: "unusual change",
  },
  special_cause_neutral_low: {
    symbol: "rect",
    colour: "neutral",
    shapes: "purple squares",
    meaning: "unusual change",
  },
  known_event: {
    symbol: "emptyCircle",
    colour: "usual",
    shapes: "hollow circles",
    meaning: "affected by a known event: not tested",
  },
};

export function markOf(point: Point): Mark | undefined {
  return marks[point.type];
}

/** The lines of the process limits and of the target, each broken where it does not hold. */
export function referenceLines(points: Point[]): object[] {
  const line = (pick: (point: Point) => number | null, style: object) =>
    stretches(points).map(({ from, to }) => ({
      type: "line",
      silent: true,
      symbol: "none",
      connectNulls: false,
      tooltip: { show: false },
      lineStyle: { width: 1.5, ...style },
      data: points.slice(from, to + 1).map((point, i) => [from + i, pick(point) ?? "-"]),
    }));
  return [
    ...line((point) => point.limits?.mean ?? null, { color: colour("usual") }),
    ...line((point) => point.limits?.lower ?? null, { color: colour("usual"), type: "dashed" }),
    ...line((point) => point.limits?.upper ?? null, { color: colour("usual"), type: "dashed" }),
    ...line((point) => point.required, { color: colour("target"), type: "dotted", width: 2.5 }),
  ];
}

/** What the lines and shapes mean that are drawn. */
export function legend(points: Point[]): string[] {
  const sentences: string[] = [];
  if (points.some((point) => point.limits)) {
    const words = new Set(
      points.flatMap((point) => {
        const mark = markOf(point);
        return mark ? `${mark.shapes} are ${mark.meaning}` : [];
      }),
    );
    sentences.push(
      `The solid grey line is the mean, the dashed ones are the process limits; ${[...words].join(", ")}.`,
    );
  }
  if (points.some((point) => point.required !== null))
    sentences.push("The dotted purple line is the target.");
  return sentences;
}
