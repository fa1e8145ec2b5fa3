import { visible } from "../utils/visible.ts";

/** What a line holds where nobody says how wide it is. */
export const WIDTH = 80;
/** Longer lines are hard to read, however wide a terminal is. */
export const WIDEST = 100;

/**
 * The words of a text in lines that fit.
 *
 * @param width characters of a line
 * @param before begins the first line
 * @param after begins the others; blanks as wide as `before` where it is absent
 */
export function wrap(text: string, width: number, before = "", after = " ".repeat(before.length)): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push((lines.length === 0 ? before : after) + word);
  }
  return lines.join("\n");
}

export interface Column {
  readonly title: string;
  readonly isNumber?: true;
  /** Left out where the lines are too long; the highest first. */
  readonly spare?: number;
}

/**
 * Rows of cells in columns of one width, the titles first.
 *
 * @param width characters of a line; columns that may be spared are left out until it holds them
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const shown = rows.map((row) => row.map(visible));
  let all = columns.map((column, index) => {
    const cells = [column.title, ...shown.map((row) => row[index] ?? "")];
    return { ...column, cells, size: Math.max(...cells.map(({ length }) => length)) };
  });
  const isTooLong = () => all.reduce((sum, { size }) => sum + size + GAP.length, -GAP.length) > width;
  while (isTooLong() && all.some(({ spare }) => spare !== undefined)) {
    const most = Math.max(...all.map(({ spare = 0 }) => spare));
    all = all.filter(({ spare = 0 }) => spare !== most);
  }
  const lines = [undefined, ...rows].map((_, line) =>
    all.map(({ cells, size, isNumber }) => padded(cells[line] ?? "", size, isNumber)).join(GAP),
  );
  return lines.map((line) => line.trimEnd()).join("\n");
}

const GAP = "  ";

function padded(cell: string, size: number, isNumber: boolean | undefined): string {
  return isNumber ? cell.padStart(size) : cell.padEnd(size);
}
