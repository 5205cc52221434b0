/** The colours of styles/_palette.scss that charts draw with. */
export const chartColours = [
  "text",
  "text-quiet",
  "panel",
  "shaded",
  "hairline",
  "rule",
  "series",
  "target",
  "improvement",
  "concern",
  "neutral",
  "usual",
  "band",
] as const;

export type Colour = (typeof chartColours)[number];

/** What the palette says, as a drawing needs it that is also saved by itself, without the styles. */
export function colour(name: Colour): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--colour-${name}`).trim();
}
