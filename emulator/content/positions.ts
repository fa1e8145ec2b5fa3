/** Something that stands in an order among its siblings. */
export type Placed = { readonly id: string; readonly position: number };

/** Siblings move together when one goes: those behind it come one forward (facts 5.1). */
export function closeGap(siblings: readonly Placed[], position: number): Placed[] {
  return siblings
    .filter((each) => each.position > position)
    .map((each) => ({ id: each.id, position: each.position - 1 }));
}

/** Siblings make room: those from a position on go one back (facts 5.1). */
export function makeRoom(siblings: readonly Placed[], position: number): Placed[] {
  return siblings
    .filter((each) => each.position >= position)
    .map((each) => ({ id: each.id, position: each.position + 1 }));
}

/** @returns the place behind all siblings */
export function lastPlace(siblings: readonly Placed[]): number {
  return siblings.reduce((last, { position }) => Math.max(last, position), 0) + 1;
}
