import { type Result, succeeded } from "../../../../utils/failures.ts";
import type { StoreFailure } from "../../../stores/failures.ts";
import type { Store } from "../../../stores/store.ts";
import type { ListedArchive } from "../../archives.ts";
import { readVerifyState } from "../state.ts";
import { type LookedAt, lookAt, type Part, problemOf } from "../verify.ts";
import { planShare, type Reading, type Shelf, shelfOf } from "./plan.ts";
import { readObjects } from "./read.ts";

/** What was looked at, and the shelves of the archive that were read. */
export interface LookedAtShare extends LookedAt {
  readonly shelves: readonly Shelf[];
}

/**
 * Looks whether everything of an archive is there, and reads a share of its bytes: those that were read longest ago, by
 * the daily sample or by this.
 *
 * @param percent of the archive's bytes, above 0
 * @returns a failure where the store gives no answer
 */
export async function lookAtShare(
  store: Store,
  archive: ListedArchive,
  percent: number,
): Promise<Result<LookedAtShare, StoreFailure>> {
  const looked = await lookAt(store, archive, "quick");
  if (!looked.ok) return looked;
  const { verification, parts, spoilt } = looked.value;
  const found = await readVerifyState(store);
  if (!found.ok) return found;
  const { sample, archive: last } = found.value.state;
  const own = last?.id === archive.id ? last.readOn : {};
  const shelves = planShare(newest(own, sample?.readOn ?? {}), sizesOf(parts), percent);
  const isRead = new Set(shelves);
  const known = new Set(spoilt);
  const chosen = unique(parts).filter(({ key }) => isRead.has(shelfOf(key) ?? "") && !known.has(key));
  const read = await readObjects(store, chosen);
  if (!read.ok) return read;
  const bad = new Set(read.value.spoilt);
  const problems = chosen.filter(({ key }) => bad.has(key)).map((part) => problemOf(part, "spoilt"));
  return succeeded({
    verification: { ...verification, level: "sample", problems: [...verification.problems, ...problems] },
    parts,
    spoilt: [...spoilt, ...bad],
    shelves,
  });
}

function sizesOf(parts: readonly Part[]): Map<Shelf, number> {
  const sizes = new Map<Shelf, number>();
  for (const { key, size } of unique(parts)) {
    const shelf = shelfOf(key);
    if (shelf !== undefined) sizes.set(shelf, (sizes.get(shelf) ?? 0) + size);
  }
  return sizes;
}

/** Equal files of an archive are one object. */
function unique(parts: readonly Part[]): Part[] {
  return [...new Map(parts.map((part) => [part.key, part])).values()];
}

function newest(one: Reading["readOn"], other: Reading["readOn"]): Reading["readOn"] {
  const shelves = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...shelves].map((shelf) => [shelf, Math.max(one[shelf] ?? -1, other[shelf] ?? -1)]),
  );
}
