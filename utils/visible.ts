/**
 * Characters by which text does something to a terminal, or to the order in which it is shown: control
 * characters, separators of lines, and the marks and overrides of writing direction.
 */
const ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const ALL_ACTIVE = new RegExp(ACTIVE, "gu");

/** True for text with a character that acts instead of being shown. */
export function isActive(text: string): boolean {
  return ACTIVE.test(text);
}

/**
 * Shows the characters that act instead of being shown, as JSON writes them: JSON stays the same JSON.
 *
 * @param text one line
 */
export function visible(text: string): string {
  return text.replace(
    ALL_ACTIVE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same for text of several lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
