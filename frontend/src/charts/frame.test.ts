import { beforeEach, expect, test } from "vitest";
import { drawFigures, type Room } from "./frame";

const rooms: Room[] = [];

beforeEach(() => {
  rooms.length = 0;
  document.body.innerHTML = `
    <main><h1>Devon</h1><section><h2>Waits</h2>
      <figure class="chart" data-kind="example" data-table="waits-figures" data-format="percent" data-description="Waits fell.">
        <div class="chart__drawing"></div><figcaption></figcaption>
      </figure>
      <table id="waits-figures"></table>
    </section></main>`;
  drawFigures("example", (_, room) => {
    rooms.push(room);
    return {
      option: {
        xAxis: { type: "value" },
        yAxis: { type: "value" },
        series: [
          {
            type: "line",
            data: [
              [0, 1],
              [1, 2],
            ],
          },
        ],
      },
      notes: ["The axis starts at 80%.", "A note with an end."],
      heightOnPaper: 300,
      slider: {
        places: 2,
        first: 1,
        words: (i) => `Place ${i}`,
        at: (dataIndex) => ({ seriesIndex: 0, dataIndex }),
      },
    };
  });
});

const figure = () => document.querySelector("figure")!;

test("a chart that nobody scrolled to is drawn and fits the paper by the time a printer looks", () => {
  expect(figure().querySelector("svg")).toBeNull();
  dispatchEvent(new Event("beforeprint"));
  expect(figure().querySelector("svg")?.getAttribute("viewBox")).toBe("0 0 690 300");
});

test("a chart comes with its description, caption, slider and the offer to save it, once", () => {
  dispatchEvent(new Event("beforeprint"));
  dispatchEvent(new Event("afterprint"));
  dispatchEvent(new Event("beforeprint"));
  expect(rooms).toEqual([{ format: "percent", wide: true }]);
  expect(figure().querySelector(".chart__drawing")?.getAttribute("aria-label")).toContain(
    "Waits fell. The tab Table holds the same figures.",
  );
  expect(figure().querySelector("figcaption")?.textContent).toBe(
    "The axis starts at 80%. A note with an end.",
  );
  expect(figure().querySelectorAll("input[type=range]")).toHaveLength(1);
  expect(figure().querySelector("input")?.getAttribute("aria-valuetext")).toBe("Place 1");
  expect(figure().querySelectorAll(".saving")).toHaveLength(1);
});
