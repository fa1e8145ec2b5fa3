import type { Attempt } from "../../../services/offsite.ts";
import { type Html, html } from "../html.ts";

/** Attempts that a bar has room for; in units of its drawing, how wide and high each of them is, and how far apart. */
const CELLS = 30;
const CELL = { width: 6, height: 16, step: 8 };

/** Each end has a shape of its own, so that nobody needs the colours: a block, a frame, a cross. Clockwise fills, back cuts out. */
const SHAPES = {
  good: "h6v16h-6z",
  busy: "h6v16h-6zm1.5 1.5v13h3v-13z",
  bad: "m1 5 2 2 2-2 1 1-2 2 2 2-1 1-2-2-2 2-1-1 2-2-2-2z",
  unknown: "m2 7h2v2h-2z",
} as const;

type Shape = keyof typeof SHAPES;

/**
 * The last runs for one kind of backup as a bar, the newest on the right; a place that no run has taken yet is a dot.
 *
 * @param attempts the oldest first
 */
export function runBar(attempts: readonly Attempt[]): Html {
  const shown = attempts.slice(-CELLS).map(shapeOf);
  const cells = [...Array<Shape>(CELLS - shown.length).fill("unknown"), ...shown];
  const paths = (["good", "busy", "bad", "unknown"] as const).flatMap((shape) => {
    const drawn = cells.flatMap((cell, place) =>
      cell === shape ? `M${place * CELL.step} 0${SHAPES[shape]}` : [],
    );
    return drawn.length === 0 ? [] : html`<path class="${shape}" d="${drawn.join("")}"/>`;
  });
  const width = CELLS * CELL.step - (CELL.step - CELL.width);
  return html`<svg class="runs" role="img" viewBox="0 0 ${width} ${CELL.height}" width="${width}" height="${CELL.height}"><title>${barText(attempts)}</title>${paths}</svg>`;
}

/** The same in words: `28 of 30 made, 2 failed`. */
export function barText(attempts: readonly Attempt[]): string {
  const shown = attempts.slice(-CELLS).map(shapeOf);
  if (shown.length === 0) return "No run yet";
  const count = (shape: Shape) => shown.filter((each) => each === shape).length;
  const [bad, busy] = [count("bad"), count("busy")];
  const parts = [
    `${count("good")} of ${shown.length} made`,
    ...(bad === 0 ? [] : [`${bad} failed`]),
    ...(busy === 0 ? [] : [`${busy} in the making`]),
  ];
  return parts.join(", ");
}

function shapeOf({ status }: Attempt): Shape {
  if (status === "done") return "good";
  return status === "creating" ? "busy" : "bad";
}
