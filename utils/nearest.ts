/** So many letters may be wrong. */
const MOST_EDITS = 2;

/**
 * The word that was probably meant: the one that is fewest letters away, and two at most.
 *
 * @returns undefined where none is that near
 */
export function nearest<Word extends string>(word: string, words: readonly Word[]): Word | undefined {
  const near = words
    .map((each) => ({ each, edits: editsBetween(word, each, MOST_EDITS) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.each;
}

/**
 * How many letters must be put in, taken out or changed to make one word of the other (Levenshtein); infinite where it
 * is more than `most`. What both begin with costs nothing, and few edits leave few ways to go on, so that words which
 * have nothing in common are told apart by their first letters: a start compares each variable with each setting.
 */
function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [restOfA, restOfB] = [a.slice(same), b.slice(same)];
  if (restOfA === "" || restOfB === "") return restOfA.length + restOfB.length;
  if (most === 0) return Number.POSITIVE_INFINITY;
  const [laterOfA, laterOfB] = [restOfA.slice(1), restOfB.slice(1)];
  return (
    1 +
    Math.min(
      editsBetween(laterOfA, laterOfB, most - 1),
      editsBetween(laterOfA, restOfB, most - 1),
      editsBetween(restOfA, laterOfB, most - 1),
    )
  );
}
