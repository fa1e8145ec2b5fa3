import { secretsIn } from "../utils/auth.ts";
import { scrub } from "../utils/logger.ts";
import type { Variables } from "../utils/variables.ts";
import { visibleLines } from "../utils/visible.ts";
import type { Answer } from "./command.ts";
import type { CommandError } from "./errors.ts";
import type { Io, Output } from "./io.ts";

/** How a command's end is told to who called it. */
export interface Wishes {
  readonly json: boolean;
  readonly hasColors: boolean;
}

/** How a terminal is told to begin and to end a colour (ECMA-48, SGR). */
const COLOURS = { green: [32, 39], yellow: [33, 39], red: [31, 39] } as const;

/** The words and marks that have a colour; each says by itself what the colour says. */
const COLOURED: readonly (readonly [RegExp, keyof typeof COLOURS])[] = [
  [/✔|^ok(?= )/gmu, "green"],
  [/^warn(?= )|^!(?= )/gmu, "yellow"],
  [/✘|^fail(?= )/gmu, "red"],
];

/** Prints what came of a command, on standard output: one JSON document, or text. */
export function printAnswer(
  { document, text }: Answer,
  wishes: Wishes,
  { out }: Io,
  settings: Variables,
): void {
  if (wishes.json) printJson(document, out, settings);
  else if (text !== "") out.write(`${coloured(clean(text, settings), wishes, out)}\n`);
}

/** Prints why a command was refused: one JSON document on standard output, or a sentence on standard error. */
export function printError(
  error: CommandError,
  { json }: Wishes,
  { out, err }: Io,
  settings: Variables,
): void {
  const { code, message, details } = error;
  if (json) printJson({ ok: false, error: { code, message, details } }, out, settings);
  else err.write(`${clean(message, settings)}\n`);
}

function printJson(document: object, out: Output, settings: Variables): void {
  out.write(`${clean(JSON.stringify(document, null, 2), settings)}\n`);
}

/** Nothing in it should hold a secret; names in DatoCMS are somebody else's text, and a terminal shows them as they are. */
function clean(text: string, settings: Variables): string {
  return visibleLines(scrub(text, secretsIn(settings)));
}

function coloured(text: string, { hasColors }: Wishes, out: Output): string {
  if (!hasColors || !out.hasColors) return text;
  return COLOURED.reduce((before, [pattern, colour]) => {
    const [begin, end] = COLOURS[colour];
    return before.replace(pattern, (word) => `\x1b[${begin}m${word}\x1b[${end}m`);
  }, text);
}
