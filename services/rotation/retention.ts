import type { Cadence, Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { backupsIn } from "./held.ts";
import type { Copy } from "./names.ts";

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
  const bearers = copies.filter((copy) => bearerOf(copy.originalId, copies) === copy);
  const isSpared = (copy: Copy) => spared.has(copy.originalId);
  const others = bearers.filter((copy) => !isSpared(copy));
  const room = Math.max(0, keep[cadence] - (bearers.length - others.length));
  const kept = bearers.filter((copy) => isSpared(copy) || others.indexOf(copy) < room);

  const outlived = (copy: Copy) =>
    copies.slice(0, copies.indexOf(copy)).some((newer) => kept.includes(newer));
  const remove = copies
    .filter((copy) => copy.environment.status === "ready" && !kept.includes(copy))
    .filter((copy) => outlived(copy) && !isForkSource(environments, copy.environment.id))
    .reverse()
    .sort((a, b) => Number(b.superseded) - Number(a.superseded));
  const restore = kept.filter(
    (copy) => copy.superseded && !isSpared(copy) && !isTaken(copy.originalId, environments),
  );
  return { restore, remove };
}

/** Whether a running fork copies from this environment. */
export function isForkSource(environments: readonly Environment[], id: string): boolean {
  return environments.some((each) => each.status === "creating" && each.forkedFrom === id);
}

/**
 * The ready copy that a name stands for: the one that bears it, else the newest of those set aside. So a
 * successor that hangs in the making neither counts as a copy nor keeps an old one for ever.
 */
function bearerOf(name: string, copies: readonly Copy[]): Copy | undefined {
  const ready = copies.filter((copy) => copy.originalId === name && copy.environment.status === "ready");
  return ready.find((copy) => !copy.superseded) ?? ready[0];
}

function isTaken(id: string, environments: readonly Environment[]): boolean {
  return environments.some((each) => each.id === id);
}
