import type { DayFigures } from "../../../services/offsite.ts";
import { bytesText } from "../../../utils/words.ts";
import { type Html, html } from "../html.ts";

/** Units of a drawing: how far apart days stand, and how wide a day's bar is. */
const SPARK = { step: 6, bar: 4, up: 18, down: 9 };
const CHART = { step: 20, bar: 14, height: 120, foot: 20 };

/** What ran on each day: bars up for runs that did not fail, bars down for those that did, so that nobody needs the colours. */
export function spark(days: readonly DayFigures[], title: string): Html {
  const { step, bar, up, down } = SPARK;
  const most = Math.max(1, ...days.map(({ count, failures }) => Math.max(count - failures, failures)));
  const good = days.map(({ count, failures }, place) => {
    const height = heightOf(count - failures, most, up);
    return height === 0 ? "" : `M${place * step} ${up - height}h${bar}v${height}h-${bar}z`;
  });
  const bad = days.map(({ failures }, place) => {
    const height = heightOf(failures, most, down);
    return height === 0 ? "" : `M${place * step} ${up + 1}h${bar}v${height}h-${bar}z`;
  });
  const [width, height] = [days.length * step, up + 1 + down];
  return html`<svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${title}</title><path class="line" d="M0 ${up + 0.5}h${width}"/><path class="good" d="${good.join("")}"/><path class="bad" d="${bad.join("")}"/></svg>`;
}

/** Bytes of each day as bars, with the largest beside its line. */
export function bytesChart(days: readonly DayFigures[], title: string, description: string): Html {
  const { step, bar, height, foot } = CHART;
  const most = Math.max(...days.map(({ bytes }) => bytes));
  const bars = days.map(({ bytes }, place) => {
    const high = heightOf(bytes, most, height - foot);
    return high === 0 ? "" : `M${place * step} ${height - high}h${bar}v${high}h-${bar}z`;
  });
  const width = days.length * step;
  return html`<svg role="img" viewBox="0 0 ${width} ${height + foot}" width="${width}" height="${height + foot}"><title>${title}</title><desc>${description}</desc><path class="line" d="M0 ${foot - 0.5}h${width}M0 ${height + 0.5}h${width}"/><path class="busy" d="${bars.join("")}"/><text x="0" y="14">${bytesText(most)}</text><text x="0" y="${height + 16}">${dayText(days[0])}</text><text x="${width}" y="${height + 16}" text-anchor="end">${dayText(days.at(-1))}</text></svg>`;
}

/** A day in UTC: `2026-03-06`. */
export function dayText(day: DayFigures | undefined): string {
  return day === undefined ? "" : new Date(day.startsAt).toISOString().slice(0, 10);
}

/** What is not nothing is seen. */
function heightOf(value: number, most: number, room: number): number {
  return value === 0 ? 0 : Math.max(1, Math.round((value / most) * room));
}
