/** Numbers that look random and are the same for the same seed (mulberry32). */
export type Random = {
  /** @returns a whole number from 0 up to, not including, `below` */
  below(below: number): number;
  words(count: number): string;
};

const WORDS =
  "harbour lantern meadow signal orchard copper window valley thread summit marble quiet engine paper river cloud ember garden north willow".split(
    " ",
  );
/** Texts are cut out of this one, which is much faster than putting words together. */
const LONG = Array.from(
  { length: 2000 },
  (_, index) => WORDS[(index * index * 7 + index * 3) % WORDS.length],
);
const TEXT = LONG.join(" ");
/** Where each word of it begins. */
const STARTS = [0, ...[...TEXT.matchAll(/ /g)].map(({ index }) => index + 1)];

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number) => next() % limit;
  return {
    below,
    words: (count) => {
      const first = below(LONG.length - count);
      return TEXT.slice(STARTS[first], (STARTS[first + count] ?? 0) - 1);
    },
  };
}
