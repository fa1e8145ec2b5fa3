/**
 * Deals ids into levels: what an id depends on is in an earlier level, except where ids depend on each other in a ring.
 * Pure.
 *
 * @param dependenciesOf ids that should come before; those that are not dealt do not count
 */
export function levelsOf(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
): string[][] {
  const levels = depthsOf(ids, dependenciesOf);
  const found = new Map<number, string[]>();
  for (const id of ids) {
    const level = levels.get(id) ?? 0;
    const dealtTo = found.get(level);
    if (dealtTo === undefined) found.set(level, [id]);
    else dealtTo.push(id);
  }
  return [...found].toSorted(([one], [other]) => one - other).map(([, level]) => level);
}

/**
 * Orders ids so that what an id depends on comes right before it, wherever there is no ring. Pure.
 *
 * @param dependenciesOf see `levelsOf`
 */
export function dependenciesFirst(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
): string[] {
  return [...depthsOf(ids, dependenciesOf).keys()];
}

/** The length of the longest chain below each id, those with what they depend on before them. */
function depthsOf(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
): Map<string, number> {
  const dealt = new Set(ids);
  const levels = new Map<string, number>();
  const open = new Set<string>();
  for (const id of ids) visit(id);
  return levels;

  /** Walks without recursion: a chain of links may be as long as a project. */
  function visit(start: string): void {
    const path: { id: string; left: string[]; level: number }[] = [];
    const enter = (id: string) => {
      open.add(id);
      path.push({ id, left: dependenciesOf(id).filter((each) => dealt.has(each)), level: 0 });
    };
    if (!levels.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.pop();
      if (next !== undefined) {
        const known = levels.get(next);
        if (known !== undefined) top.level = Math.max(top.level, known + 1);
        else if (!open.has(next)) {
          top.left.push(next);
          enter(next);
        }
        continue;
      }
      levels.set(top.id, top.level);
      open.delete(top.id);
      path.pop();
    }
  }
}
