import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import palette from "../../styles/_palette.scss?inline";
import { chartColours, colour } from "./colours";

const colours = new Map(
  [...palette.matchAll(/--colour-([\w-]+):\s*([^;}]+)/g)].map(([, name, value]) => [name!, value!]),
);

/** A colour as hexadecimal digits or as a function; what is behind a # in an address is none. */
const stated =
  /(?<!href="|}}|&)#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b|\b(?:rgb|hsl|oklch)a?\(|nhsuk-colour\(|\$nhsuk-[a-z-]*colour/gi;

test.each(chartColours)("a chart draws %s as the styles have it", (name) => {
  expect(colour(name)).toMatch(/^#[\da-f]{6}$/);
  expect(colour(name)).toBe(colours.get(name));
});

test("no other file states a colour", () => {
  const files = ["src", "styles", "templates"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  const found = files
    .filter((file) => /\.(ts|scss|html)$/.test(file) && !/palette|colours/.test(file))
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(stated)].map(([text]) => [file, text]),
    );
  // The browser's own bar cannot read a property.
  expect(found).toEqual([["templates/layout.html", colours.get("link")]]);
});

test("the icon, which stands alone, has a colour of the palette", () => {
  const fills = [...readFileSync("src/icon.svg", "utf8").matchAll(/#[\da-f]{3,8}/g)];
  const known = [...colours.values()];
  expect(fills.map(([fill]) => fill).filter((fill) => !known.includes(fill))).toEqual([]);
});
