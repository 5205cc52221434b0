import { expect, test } from "vitest";
import { drawPlacebos, readPlacebos } from "./placebos";

function table(rows: string): HTMLTableElement {
  document.body.innerHTML = `<table><tbody>${rows}</tbody></table>`;
  return document.querySelector("table")!;
}

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
  const { option } = drawPlacebos(places, ["2017-03", "2017-04"], "2017-04", {
    format: "percent",
    wide: true,
  });
  const names = (option.series as { name: string }[]).map((series) => series.name);
  expect(names).toEqual(["Dorset", "The places of the claim"]);
});
