/** So many letters may be wrong. */
const MOST_EDITS = 2;

/**
 * The word that was probably meant: the one that is fewest letters away, and two at most.
 *
 * @returns undefined where none is that near
 */
export function nearest<Word extends string>(word: string, words: readonly Word[]): Word | undefined {
  const near = words
    .map((each) => ({ each, edits: editsBetween(word, each) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.each;
}

/**
 * How many letters must be put in, taken out or changed to make one word of the other (Levenshtein); words
 * whose lengths alone differ by more than `MOST_EDITS` are not looked at closely.
 */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
