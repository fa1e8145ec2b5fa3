import type { Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn } from "../rotation/names.ts";

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
  /** Copies of the cadence that are there to stay, by the names that they were made under. */
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
  const copies = copiesIn(environments);
  const staying = copies.filter(
    (copy) => copy.cadence === cadence && copy.environment.status !== "destroying",
  );
  const ready = staying.filter(({ environment }) => environment.status === "ready");
  const byName = new Map<string, Copy[]>();
  for (const copy of staying) byName.set(copy.originalId, [...(byName.get(copy.originalId) ?? []), copy]);
  return {
    cadence,
    hasAny: copies.length > 0,
    hasReady: ready.length > 0,
    backups: ready.filter(({ environment }) => !held.has(environment.id)),
    byName,
    primaries: new Set(environments.flatMap(({ id, primary }) => (primary ? id : []))),
  };
}

const NONE: ReadonlySet<string> = new Set();
