/** Where a record is to go among its siblings. */
export interface SiblingMove {
  readonly id: string;
  /** From 1. */
  readonly position: number;
}

/**
 * The fewest moves that bring siblings into an order. Pure. DatoCMS takes a record out of its list and puts it in again
 * at a position, so each move is counted in the list as the moves before it leave it.
 *
 * @param now all siblings as they stand
 * @param wanted the order that some of them are to have; the others stay beside what they stand beside
 * @param movable the only ones that may be moved; undefined: all
 */
export function siblingMoves(
  now: readonly string[],
  wanted: readonly string[],
  movable?: ReadonlySet<string>,
): SiblingMove[] {
  const there = new Set(now);
  const order = wanted.filter((id) => there.has(id));
  const placeNow = new Map(now.map((id, place) => [id, place]));
  const placeOf = (id: string) => placeNow.get(id) ?? 0;
  // Where some may not be moved, nobody needs to be but those that stand wrong among them.
  const fixed = order.filter((id) => movable !== undefined && !movable.has(id));
  const staying = new Set(movable === undefined ? longestRising(order, placeOf) : fixed);
  const list = [...now];
  const moves: SiblingMove[] = [];
  let previous: string | undefined;
  for (const id of order) {
    if (!staying.has(id)) {
      const from = list.indexOf(id);
      list.splice(from, 1);
      const place = previous === undefined ? 0 : list.indexOf(previous) + 1;
      list.splice(place, 0, id);
      if (place !== from) moves.push({ id, position: place + 1 });
    }
    previous = id;
  }
  return moves;
}

/** The longest part of a list, gaps allowed, whose places rise: patience sorting. */
function longestRising(ids: readonly string[], placeOf: (id: string) => number): string[] {
  const tops: string[] = [];
  const before = new Map<string, string | undefined>();
  for (const id of ids) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (placeOf(tops[middle] ?? "") < placeOf(id)) low = middle + 1;
      else high = middle;
    }
    before.set(id, tops[low - 1]);
    tops[low] = id;
  }
  const found: string[] = [];
  for (let id = tops.at(-1); id !== undefined; id = before.get(id)) found.push(id);
  return found.reverse();
}
