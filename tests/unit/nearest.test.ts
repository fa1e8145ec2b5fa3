import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../utils/nearest.ts";

/** Few letters, so that words are often near each other. */
const word = fc.string({ unit: fc.constantFrom("A", "B", "_"), maxLength: 7 });

test("takes the word with the fewest edits, and the first of those, when two suffice", () => {
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (typed, words) => {
      const edits = words.map((each) => levenshtein(typed, each));
      const fewest = Math.min(...edits);
      expect(nearest(typed, words)).toBe(fewest <= 2 ? words[edits.indexOf(fewest)] : undefined);
    }),
    { numRuns: 500 },
  );
});

/** By the definition. */
function levenshtein(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  if (a[0] === b[0]) return levenshtein(a.slice(1), b.slice(1));
  return (
    1 + Math.min(levenshtein(a.slice(1), b.slice(1)), levenshtein(a.slice(1), b), levenshtein(a, b.slice(1)))
  );
}
