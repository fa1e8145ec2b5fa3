/** Environment variables as a host hands them over; never read from `process.env` below the entry points. */
export type Variables = Readonly<Record<string, unknown>>;

/** Stands for a variable that a file holds in a way that nobody can read for sure. */
export class UnclearVariable {
  /** Follows the variable's name in a sentence. */
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** A variable as it was found. */
export type Found =
  | { readonly kind: "unset" }
  | {
      readonly kind: "text";
      readonly text: string;
      /** The type that the host handed over: a Worker's variables may be numbers too. */
      readonly type: "string" | "number" | "boolean";
      /** The comment that was taken off may belong to the value. */
      readonly isCut: boolean;
    }
  /** The variable cannot be used as it stands; `why` follows its name in a sentence. */
  | { readonly kind: "unclear"; readonly why: string };

const UNSET: Found = { kind: "unset" };
const QUOTED = /^(["'`])(.*?)\1(?:\s+#.*)?$/s;
/** `"Acme, Inc." <backups@acme.test>`: the quotes belong to the value. */
const NAMED_ADDRESS = /^"[^"]*"\s*<[^<>\s]+>/;
const COMMENT = /\s#(.*)$/s;

/**
 * Reads one variable. The one place where white space, one pair of quotes around a value and a comment
 * (` # …`) behind it are taken off: Docker's `--env-file` and some hosts keep them, shells and most readers
 * of `.env` do not, and one text has to mean one thing wherever it stands.
 *
 * @returns `unset` where it is absent or blank; `unclear` for what is no text, or no whole one
 */
export function find(variables: Variables, name: string): Found {
  const value = variables[name];
  if (value === undefined || value === null) return UNSET;
  if (value instanceof UnclearVariable) return { kind: "unclear", why: value.why };
  if (typeof value === "string") return findText(value);
  if (typeof value === "number" || typeof value === "boolean")
    return {
      kind: "text",
      text: String(value),
      type: typeof value === "number" ? "number" : "boolean",
      isCut: false,
    };
  const type = typeof value === "object" ? "an object" : `a ${typeof value}`;
  return { kind: "unclear", why: `is ${type}, not text` };
}

function findText(value: string): Found {
  const trimmed = value.trim();
  const isQuoted = /^["'`]/.test(trimmed) && !NAMED_ADDRESS.test(trimmed);
  const inner = isQuoted ? QUOTED.exec(trimmed)?.[2] : value.replace(COMMENT, "");
  if (inner === undefined)
    return {
      kind: "unclear",
      why: "begins with a quote and does not end with it; quote all of it, or nothing",
    };
  const text = inner.trim();
  if (text === "") return UNSET;
  if (!isQuoted && /^#(?:\s|$)/.test(text))
    return { kind: "unclear", why: "begins with a #; put it in quotes if that is no comment" };
  const comment = isQuoted ? undefined : COMMENT.exec(value)?.[1];
  const isCut = comment !== undefined && (/^\S/.test(comment) || /\s/.test(text));
  return { kind: "text", text, type: "string", isCut };
}

/** A variable's text as `find` reads it; undefined when it is not set, blank, or unclear. */
export function variable(variables: Variables, name: string): string | undefined {
  const found = find(variables, name);
  return found.kind === "text" ? found.text : undefined;
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  on: true,
  true: true,
  yes: true,
  "1": true,
  off: false,
  false: false,
  no: false,
  "0": false,
};

/** The words of a switch, in any case; undefined for other texts. */
export function switchOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(SWITCHES, word) ? SWITCHES[word] : undefined;
}

/** The words of a switch, for people. */
export const SWITCH = "on or off";

/** A text of characters that can be seen. */
export const VISIBLE = /^[^\p{C}\p{Z}]+$/u;
/** The characters that every HTTP header can carry, white space in the middle included. */
export const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

/** The first character that a pattern does not allow, as `U+200B (character 9)`. */
export function stranger(text: string, allowed: RegExp): string | undefined {
  const characters = [...text];
  const at = characters.findIndex((character) => !allowed.test(character));
  const code = characters[at]?.codePointAt(0);
  if (code === undefined) return undefined;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")} (character ${at + 1})`;
}

/** The longest text that is shown whole. */
const SHOWN = 60;
/** Keys, hashes and secrets look like this; the values of settings do not. */
const LIKE_A_SECRET = /[\w-]{24,}/;

/**
 * Says what a refused variable is, to follow its name in a sentence: its text and length, for what looks like
 * a secret the length alone. Not for variables that hold secrets.
 */
export function shown(found: Found): string {
  if (found.kind === "unset") return "is not set";
  if (found.kind === "unclear") return found.why;
  // An address may carry a password; control and invisible characters would not be seen.
  const text = found.text
    .replace(/\/\/[^/?#]*@/, "//…@")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (each) => `<${stranger(each, /^$/)?.split(" ")[0]}>`);
  const { length } = [...found.text];
  const size = `${length} ${length === 1 ? "character" : "characters"}`;
  if (LIKE_A_SECRET.test(found.text)) return `is a value of ${size}`;
  const cut = [...text].slice(0, SHOWN).join("");
  return `is "${cut === text ? text : `${cut}…`}" (${size})`;
}

/** A sentence about a refused variable: what it is, where that may be said, and what it must be. */
export function refused(name: string, is: string | undefined, expected: string): string {
  return is === undefined ? `${name} must be ${expected}` : `${name} ${is}; it must be ${expected}`;
}
