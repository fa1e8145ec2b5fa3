import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn, oncePerListing } from "../rotation/names.ts";

/**
 * The facts of a listing that decide if one cadence is due: taken from the listing once, then asked about any number
 * of moments.
 */
export interface Existing {
  readonly cadence: Cadence;
  /** There is a backup, of any cadence and in any state. */
  readonly hasAny: boolean;
  /** A backup of the cadence is ready, held or not. */
  readonly hasReady: boolean;
  /** Ready backups of the cadence that count, the newest first. */
  readonly backups: readonly Copy[];
  /** Copies that are there to stay, by the names that they were made under. */
  readonly byName: ReadonlyMap<string, readonly Copy[]>;
  /** Ids of the primary, of which there is at most one. */
  readonly primaries: ReadonlySet<string>;
}

/**
 * @param environments everything that DatoCMS lists
 * @param held ids of backups that do not count; their names are taken all the same
 */
export function existingOf(
  cadence: Cadence,
  environments: readonly Environment[],
  held: ReadonlySet<string> = NONE,
): Existing {
  const { hasAny, primaries, ready, byName } = stayingIn(environments);
  const own = ready.get(cadence) ?? [];
  return {
    cadence,
    hasAny,
    hasReady: own.length > 0,
    backups: own.filter(({ environment }) => !held.has(environment.id)),
    byName,
    primaries,
  };
}

const NONE: ReadonlySet<string> = new Set();

/** The same of all cadences, whatever is held. */
const stayingIn = oncePerListing((environments) => {
  const copies = copiesIn(environments);
  const ready = new Map<Cadence, Copy[]>();
  const byName = new Map<string, Copy[]>();
  for (const copy of copies) {
    const { status } = copy.environment;
    if (status === "ready") add(ready, copy.cadence, copy);
    if (status !== "destroying") add(byName, copy.originalId, copy);
  }
  const primaries = environments.filter(({ primary }) => primary).map(({ id }) => id);
  return { hasAny: copies.length > 0, primaries: new Set(primaries), ready, byName };
});

function add<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
