import type { Cadence } from "../utils/config.ts";
import type { ListedArchive } from "./archive/archives.ts";
import type { Catalog } from "./catalog/catalog.ts";

/** A backup that has no complete archive yet. */
export interface Wanted {
  readonly environmentId: string;
  /** When DatoCMS created it, ms since the epoch: with its id it tells it from others of its name. */
  readonly createdAt: number;
  readonly cadence: Cadence;
}

/** An archive that is not complete is tried again after so long, ms: mostly it would lack the same again. */
const PARTIAL_AGAIN_MS = 24 * 60 * 60_000;

/**
 * The newest ready backup of each cadence that has no archive yet, by what lies in DatoCMS and in the store: nothing has
 * to be remembered between two looks. Pure.
 *
 * @param now ms since the epoch
 */
export function wantedArchives(
  catalog: Catalog,
  cadences: readonly Cadence[],
  archives: readonly ListedArchive[],
  now: number,
): Wanted[] {
  return cadences.flatMap((cadence) => {
    const [newest] = catalog.of(cadence).restorePoints;
    if (newest === undefined) return [];
    const { id, createdAt } = newest.environment;
    const wanted = { environmentId: id, createdAt, cadence };
    return isArchived(wanted, archives, now) ? [] : [wanted];
  });
}

/** Whether a backup has an archive that will do for now: one by hand stands for no kind of backup. Pure. */
export function isArchived(
  { environmentId, createdAt, cadence }: Wanted,
  archives: readonly ListedArchive[],
  now: number,
): boolean {
  return archives.some(({ manifest: read, writtenAt }) => {
    if (read.kind !== "read") return false;
    const { source, scope, partial } = read.manifest;
    const isOfIt =
      source.environment === environmentId && Date.parse(source.environmentCreatedAt) === createdAt;
    return isOfIt && scope.cadences.includes(cadence) && (!partial || now - writtenAt < PARTIAL_AGAIN_MS);
  });
}
