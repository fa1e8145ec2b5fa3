/** A measured value, and how large it may be where that is promised. */
export interface Figure {
  readonly value: number;
  readonly unit?: string;
  /** Digits after the point; default 0. */
  readonly digits?: number;
  readonly atMost?: number | undefined;
}

/** Text, a figure, or nothing to measure. */
export type Cell = string | Figure | null;

/** What one part of the bench has measured. */
export interface Table {
  /** Names the table for machines. */
  readonly name: string;
  readonly title: string;
  /** Keys of the rows in the order of the columns, with their headings. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** What a reader has to know to judge the figures. */
  readonly notes: readonly string[];
}

/** Whether a figure stays within its reach; undefined where none is promised. */
export function isReached({ value, atMost }: Figure): boolean | undefined {
  return atMost === undefined ? undefined : value <= atMost;
}

/** Every figure of a table that is larger than promised, in words. */
export function missedIn({ title, columns, rows }: Table): string[] {
  return rows.flatMap((row) =>
    Object.entries(columns).flatMap(([key, heading]) => {
      const cell = row[key];
      if (!isFigure(cell) || isReached(cell) !== false) return [];
      const label = Object.values(row).filter((each) => typeof each === "string");
      return `${title}: ${heading} of "${label.join(", ")}" is ${valueText(cell)}, at most ${cell.atMost} was promised`;
    }),
  );
}

/** The table as aligned lines, its notes below. */
export function tableText({ title, columns, rows, notes }: Table): string {
  const texts = Object.entries(columns).map(([key, heading]) => columnText(heading, rows, key));
  const lines = [-1, ...rows.keys()].map((row) =>
    texts
      .map((column) => column[row + 1] ?? "")
      .join("  ")
      .trimEnd(),
  );
  const [head = "", ...body] = lines;
  const width = Math.max(...lines.map(({ length }) => length));
  return [title, "", head, "-".repeat(width), ...body, "", ...notes.map((note) => `* ${note}`), ""].join(
    "\n",
  );
}

/** The table for machines: each figure with its verdict. */
export function tableDocument({ name, title, columns, rows, notes }: Table): object {
  const cells = (row: Readonly<Record<string, Cell>>) =>
    Object.fromEntries(
      Object.entries(row).map(([key, cell]) => [
        key,
        isFigure(cell)
          ? { value: cell.value, unit: cell.unit, atMost: cell.atMost, ok: isReached(cell) }
          : cell,
      ]),
    );
  return { name, title, columns, rows: rows.map(cells), notes };
}

/** Heading and cells of one column, padded to the same width. */
function columnText(heading: string, rows: Table["rows"], key: string): string[] {
  const cells = rows.map((row) => row[key] ?? null);
  const hasFigures = cells.some(isFigure);
  const values = cells.map(valueText);
  const verdicts = cells.map(verdictText);
  const verdictWidth = Math.max(...verdicts.map(({ length }) => length));
  const gap = verdictWidth > 0 ? 2 : 0;
  const valueWidth = Math.max(...values.map(({ length }) => length), heading.length - verdictWidth - gap);
  const body = values.map((value, row) => {
    const aligned = hasFigures ? value.padStart(valueWidth) : value.padEnd(valueWidth);
    return aligned + " ".repeat(gap) + (verdicts[row] ?? "").padEnd(verdictWidth);
  });
  const width = valueWidth + gap + verdictWidth;
  return [hasFigures && gap === 0 ? heading.padStart(width) : heading.padEnd(width), ...body];
}

function valueText(cell: Cell): string {
  if (cell === null) return "-";
  if (typeof cell === "string") return cell;
  const unit = cell.unit === undefined ? "" : ` ${cell.unit}`;
  return cell.value.toFixed(cell.digits ?? 0) + unit;
}

function verdictText(cell: Cell): string {
  if (!isFigure(cell) || cell.atMost === undefined) return "";
  return `<= ${cell.atMost} ${isReached(cell) ? "ok" : "MISSED"}`;
}

function isFigure(cell: Cell | undefined): cell is Figure {
  return typeof cell === "object" && cell !== null;
}
