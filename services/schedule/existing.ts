import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn, oncePerListing } from "../rotation/names.ts";

/**
 * What exists, as far as it says whether one cadence is due: taken from a listing once, then asked about as many
 * moments as somebody wants to know of.
 */
export interface Existing {
  readonly cadence: Cadence;
  /** Whether there is a copy of ours, of whatever cadence and in whatever state. */
  readonly hasAny: boolean;
  /** Whether a copy of the cadence is ready, held or not. */
  readonly hasReady: boolean;
  /** Ready copies of the cadence that count as backups, the newest first. */
  readonly backups: readonly Copy[];
  /** Copies that are there to stay, by the names that they were made under. */
  readonly byName: ReadonlyMap<string, readonly Copy[]>;
  /** Ids of the primary, of which there is at most one. */
  readonly primaries: ReadonlySet<string>;
}

/**
 * @param environments everything that DatoCMS lists
 * @param held ids of copies that do not count as backups; their names are taken all the same
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
