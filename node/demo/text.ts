import { wrap } from "../../cli/layout.ts";
import type { EnvironmentView, Project } from "../../emulator/emulator.ts";
import { visible } from "../../utils/visible.ts";

/** Lines up to here are shown as they are; longer JSON is broken over several. */
const WIDTH = 96;
const INDENT = "   ";

/** How a terminal is told to begin and to end a style (ECMA-48, SGR); `util.styleText` came after Node 20.11. */
const STYLES = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39] } as const;

/** The text in that style, or as it is where nobody would see colours or `NO_COLOR` asks for none. */
function styled(style: keyof typeof STYLES, text: string): string {
  if (process.stdout.isTTY !== true || !process.stdout.hasColors()) return text;
  const [begin, end] = STYLES[style];
  return `\x1b[${begin}m${text}\x1b[${end}m`;
}

/** No line of prose, and no progress, is wider than this, or than the terminal. */
const COLUMNS = 80;

/** A terminal that nobody has told its size says 0. */
function columns(): number {
  return Math.min(COLUMNS, process.stdout.columns || COLUMNS);
}

/** The words of a text in lines that fit, each behind `before`. */
export function wrapped(text: string, before = INDENT): string {
  return wrap(text, columns(), before, before);
}

/** Writes prose, however long. */
export function sayWrapped(text: string, before?: string): void {
  process.stdout.write(`${wrapped(visible(text), before)}\n`);
}

/** Writes one line. */
export function say(text = ""): void {
  process.stdout.write(text === "" ? "\n" : `${INDENT}${text}\n`);
}

/** Begins a step of the story. */
export function heading(title: string): void {
  process.stdout.write(`\n${styled("bold", title)}\n`);
}

/** Something beside the point. */
export function faint(text: string): string {
  return styled("dim", text);
}

/** Something that went well, or did not. */
export function verdict(text: string, isGood: boolean): string {
  return styled(isGood ? "green" : "red", text);
}

/** An instant (ms since the epoch) as `Tue 04:05`. */
export function moment(instant: number): string {
  return `${weekday(instant)} ${clockTime(instant)}`;
}

/** An instant (ms since the epoch) as `2026-03-03 04:05:00`; `length` 16 leaves the seconds out. */
export function dateTime(instant: number, length = 19): string {
  return new Date(instant).toISOString().slice(0, length).replace("T", " ");
}

function weekday(instant: number): string {
  return new Date(instant).toLocaleDateString("en-GB", { weekday: "short", timeZone: "UTC" });
}

function clockTime(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}

/** Writes JSON, each member on a line of its own only where it would not fit. */
export function showJson(value: unknown): void {
  for (const line of jsonLines(value, "")) say(faint(visible(line)));
}

function jsonLines(value: unknown, key: string): string[] {
  const whole = key + spaced(value);
  const isBranch = typeof value === "object" && value !== null;
  if (!isBranch || whole.length <= WIDTH - INDENT.length) return [whole];
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const inner = members.flatMap(([name, member], index) => {
    const lines = jsonLines(member, isList ? "" : `${JSON.stringify(name)}: `);
    const comma = index < members.length - 1 ? "," : "";
    return lines.map((line, at) => `  ${line}${at === lines.length - 1 ? comma : ""}`);
  });
  return [`${key}${isList ? "[" : "{"}`, ...inner, isList ? "]" : "}"];
}

/** JSON in one line with a blank where people put one. */
function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, " ");
}

/** Writes the project's environments as a table. */
export function showEnvironments(project: Project): void {
  const rows = project
    .environments()
    .map(({ id, primary, status, createdAt, completion }) => [
      id,
      primary ? "primary" : status,
      dateTime(createdAt),
      primary ? "" : `${completion ?? 100} %`,
    ]);
  showTable([["environment", "state", "made at (UTC)", "copied"], ...rows]);
}

/** Writes rows of cells in columns, the first row as their titles. */
export function showTable(cells: readonly (readonly string[])[]): void {
  const table = cells.map((row) => row.map(visible));
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  say();
  for (const [index, row] of table.entries()) {
    const line = row.map((cell, column) => padded(cell, widths[column] ?? 0)).join("  ");
    say(index === 0 ? faint(line.trimEnd()) : line.trimEnd());
  }
}

function padded(cell: string, width: number): string {
  return cell.endsWith("%") ? cell.padStart(width) : cell.padEnd(width);
}

/**
 * Shows how far the forks are while `work` is under way: one line that is rewritten on a terminal, a line for
 * every quarter elsewhere.
 */
export function withProgress<T>(project: Project, work: Promise<T>): Promise<T> {
  const isTerminal = process.stdout.isTTY === true;
  const lineOf = (forks: readonly EnvironmentView[]) =>
    `copying: ${forks.map(({ id, completion }) => `${visible(id)} ${rounded(completion ?? 0, isTerminal)} %`).join(", ")}`;
  return watched(project, work, lineOf, (line) => (isTerminal ? rewrite(line) : say(line)));
}

/** Shows on a terminal how far the forks are, as a bar; elsewhere a bar would be noise. */
export function withBar<T>(project: Project, work: Promise<T>): Promise<T> {
  const lineOf = (forks: readonly EnvironmentView[]) =>
    barOf(Math.min(...forks.map(({ completion }) => completion ?? 0)));
  return watched(project, work, lineOf, (line) => void (process.stdout.isTTY === true && rewrite(line)));
}

async function watched<T>(
  project: Project,
  work: Promise<T>,
  lineOf: (forks: readonly EnvironmentView[]) => string,
  show: (line: string) => void,
): Promise<T> {
  let shown = "";
  const look = () => {
    const forks = project.environments().filter(({ status }) => status === "creating");
    const line = forks.length === 0 ? shown : lineOf(forks);
    if (line === shown) return;
    shown = line;
    show(line);
  };
  const timer = setInterval(look, 100);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (process.stdout.isTTY === true) process.stdout.write("\r\x1b[2K");
  }
}

function rewrite(line: string): void {
  process.stdout.write(`\r\x1b[2K${faint(`${INDENT}${line}`.slice(0, columns() - 1))}`);
}

const BAR = 30;

function barOf(percentage: number): string {
  const full = Math.round((percentage / 100) * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${percentage} %`;
}

function rounded(percentage: number, isTerminal: boolean): number {
  return isTerminal ? percentage : Math.floor(percentage / 25) * 25;
}
