import type { Cadence, Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { backupsIn } from "./held.ts";
import { type Copy, oncePerListing } from "./names.ts";

/** What may be tidied up in one cadence. */
export interface Excess {
  /** Superseded copies that should have their names back: nothing has come in their place. */
  readonly restore: readonly Copy[];
  /** Copies that newer ready ones have made dispensable: superseded ones, then the oldest first. */
  readonly remove: readonly Copy[];
}

/**
 * Compares a cadence's copies with the number that is to stay. Only ready copies count and only ready
 * copies go, and each only while a newer ready one of its cadence stays: whatever happens between two
 * deletions, a copy is left. Held copies are none of its business.
 *
 * @param spared original ids that a run is still at work on, or has made: nothing under them but
 * superseded copies of a ready one is touched
 */
export function excess(
  environments: readonly Environment[],
  cadence: Cadence,
  { keep, holdDays }: Pick<Config, "keep" | "holdDays">,
  spared: ReadonlySet<string>,
): Excess {
  const copies = backupsIn(environments, holdDays).filter((copy) => copy.cadence === cadence);
  const bearers = bearersIn(copies);
  const isSpared = (copy: Copy) => spared.has(copy.originalId);
  const others = bearers.filter((copy) => !isSpared(copy));
  const room = Math.max(0, keep[cadence] - (bearers.length - others.length));
  const staying = new Set(others.slice(0, room));
  const kept = bearers.filter((copy) => isSpared(copy) || staying.has(copy));

  const keptOnes = new Set(kept);
  const newest = copies.findIndex((copy) => keptOnes.has(copy));
  const remove = copies
    .filter((copy, index) => newest !== -1 && index > newest && !keptOnes.has(copy))
    .filter(({ environment: { id, status } }) => status === "ready" && !isForkSource(environments, id))
    .reverse()
    .sort((a, b) => Number(b.superseded) - Number(a.superseded));
  const restore = kept.filter(
    (copy) => copy.superseded && !isSpared(copy) && !idsIn(environments).has(copy.originalId),
  );
  return { restore, remove };
}

/** Whether a running fork copies from this environment. */
export function isForkSource(environments: readonly Environment[], id: string): boolean {
  return sourcesIn(environments).has(id);
}

/**
 * The ready copies that names stand for, the newest first: each is the one that bears its name, else the newest of
 * those set aside. So a successor that hangs in the making neither counts as a copy nor keeps an old one for ever.
 */
function bearersIn(copies: readonly Copy[]): readonly Copy[] {
  const bearers = new Map<string, Copy>();
  for (const copy of copies) {
    const present = bearers.get(copy.originalId);
    const isBetter = present === undefined || (present.superseded && !copy.superseded);
    if (copy.environment.status === "ready" && isBetter) bearers.set(copy.originalId, copy);
  }
  return copies.filter((copy) => bearers.get(copy.originalId) === copy);
}

const sourcesIn = oncePerListing(
  (environments): ReadonlySet<string> =>
    new Set(
      environments.flatMap(({ status, forkedFrom }) => (status === "creating" ? (forkedFrom ?? []) : [])),
    ),
);

const idsIn = oncePerListing(
  (environments): ReadonlySet<string> => new Set(environments.map(({ id }) => id)),
);
