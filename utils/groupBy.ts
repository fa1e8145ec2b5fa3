/**
 * Things by what they have in common, each group in the order of `all`. `Map.groupBy` came with Node 21.
 *
 * @param keyOf what things of a group have in common
 */
export function groupBy<T, Key>(all: Iterable<T>, keyOf: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
