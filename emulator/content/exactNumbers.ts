/**
 * Integers beyond 2^53 lose digits in `JSON.parse`, and an archive must notice if anybody drops them. Here they
 * travel as strings with a mark, which the answer takes off again.
 */
const MARK = "\u0000exact:";
const WRITTEN_MARK = /"\\u0000exact:(-?\d+)"/g;
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** @returns JSON text in which integers of 16 digits and more are marked strings */
export function withExactNumbers(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  return json.replace(STRING_OR_LONG_INTEGER, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );
}

/** @returns the JSON text with marked strings as the integers that they stand for */
export function asExactNumbers(json: string): string {
  return json.includes("\\u0000exact:") ? json.replace(WRITTEN_MARK, "$1") : json;
}

/** @returns the value that stands for an integer, whatever its length */
export function exactInteger(digits: string): number | string {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : MARK + digits;
}

/** @returns whether a value stands for an integer */
export function isInteger(value: unknown): value is number | string {
  return typeof value === "number"
    ? Number.isInteger(value)
    : typeof value === "string" && value.startsWith(MARK);
}

/** @returns the number that a value stands for, as near as a double comes; undefined for anything else */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && isInteger(value) ? Number(value.slice(MARK.length)) : undefined;
}
