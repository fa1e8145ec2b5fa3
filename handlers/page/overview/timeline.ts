import type { Inventory } from "../../../services/backupService.ts";
import { counted, KIND } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const LINE_Y = 30;
const RADIUS = 6;
/** Free at both ends, percent of the width. */
const MARGIN = 3;

/** Ages that the line names, as far as it reaches. */
const TICKS: readonly (readonly [number, string])[] = [
  [0, "now"],
  [DAY_MS, "a day"],
  [7 * DAY_MS, "a week"],
  [30 * DAY_MS, "a month"],
  [91 * DAY_MS, "3 months"],
  [365 * DAY_MS, "a year"],
];

/** A moment that one can go back to. */
interface Point {
  readonly takenAt: number;
  /** An archive lies outside of DatoCMS. */
  readonly kind: "backup" | "archive";
  readonly title: string;
}

/**
 * The moments that one can go back to, on a line that has more room for the last days than for the months before. Circles
 * are backups in DatoCMS, squares are archives.
 */
export function timeline({ now, backups }: Inventory, archives: readonly Pick<Point, "takenAt">[]): Html {
  const points: Point[] = [
    ...backups
      .filter(({ is }) => is.state === "ready" || is.state === "superseded")
      .map(({ backup }) => ({
        takenAt: backup.takenAt,
        kind: "backup" as const,
        title: KIND[backup.cadence],
      })),
    ...archives.map(({ takenAt }) => ({ takenAt, kind: "archive" as const, title: "archive" })),
  ];
  if (points.length === 0) return html``;
  const oldest = Math.max(2 * DAY_MS, ...points.map(({ takenAt }) => now - takenAt));
  const x = (age: number) => 100 - MARGIN - (100 - 2 * MARGIN) * part(age, oldest);
  const outside = archives.length === 0 ? "" : `, ${counted(archives.length, "archive")} outside of DatoCMS`;
  const sentence = `${counted(points.length - archives.length, "backup")} in DatoCMS${outside}`;
  return html`<svg class="timeline" role="img" aria-labelledby="line-title line-text">
<title id="line-title">Where you can go back to</title><desc id="line-text">${sentence}.</desc>
<line class="line" x1="${MARGIN}%" x2="${100 - MARGIN}%" y1="${LINE_Y}" y2="${LINE_Y}" stroke-width="2"/>
${TICKS.filter(([age]) => age <= oldest * 1.05).map(([age, text]) => tick(x(age), text))}
${points.map((point) => shape(point, x(Math.max(0, now - point.takenAt))))}
</svg><p class="quiet">${sentence}.${archives.length === 0 ? "" : " Circles are backups, squares are archives."}</p>`;
}

/** From 0 (now) to 1 (the oldest), by the logarithm of the age. */
function part(age: number, oldest: number): number {
  const scale = (ms: number) => Math.log1p(ms / (12 * HOUR_MS));
  return Math.min(1, scale(age) / scale(oldest));
}

function tick(x: number, text: string): Html {
  const anchor = x > 90 ? "end" : x < 10 ? "start" : "middle";
  const at = `${x.toFixed(1)}%`;
  return html`<line class="line" x1="${at}" x2="${at}" y1="${LINE_Y - 8}" y2="${LINE_Y + 8}" stroke-width="1"/><text x="${at}" y="${LINE_Y + 30}" text-anchor="${anchor}">${text}</text>`;
}

/** A square stands on the line, a circle lies on it: so that those of one night do not hide one another. */
function shape({ kind, title }: Point, x: number): Html {
  const at = `${x.toFixed(1)}%`;
  if (kind === "archive")
    return html`<rect class="busy" x="${at}" y="${LINE_Y - 3 * RADIUS}" width="${2 * RADIUS}" height="${2 * RADIUS}" transform="translate(-${RADIUS})"><title>${title}</title></rect>`;
  return html`<circle class="good" cx="${at}" cy="${LINE_Y}" r="${RADIUS}"><title>${title}</title></circle>`;
}
