import { CADENCES, type Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { backupsIn } from "./held.ts";
import type { Copy } from "./names.ts";
import { excess, isForkSource } from "./retention.ts";

/**
 * A copy gives way when it is destroyed before its successor is ready. It may only while another ready copy of ours,
 * of whatever cadence, stays; a single copy on our single place is the one exception.
 *
 * Two runs of different cadences may look at the same moment, and each may think that the other's copy stays. So a
 * copy that is to give way is renamed to `…-superseded-…` first, then DatoCMS is asked for its list again, and only
 * copies without that mark count as staying: of two runs at least one sees the other's mark.
 */
export type GivingWay =
  /** It may be destroyed at once. */
  | "now"
  /** It has to be marked, and the list to be read again. */
  | "once-marked"
  /** Every other copy is marked too. A run of a shorter cadence names its own back, so this one may wait for that. */
  | "in-turn"
  /** No other copy would stay. */
  | "never";

/**
 * Whether a ready copy that counts as a backup may give way, as DatoCMS lists the environments now.
 *
 * @param setAside the run's own target, which gets its name back should the fork fail
 */
export function givingWayOf(
  copy: Copy,
  environments: readonly Environment[],
  policy: Pick<Config, "keep" | "holdDays">,
  setAside: Copy | undefined,
): GivingWay {
  const { id } = copy.environment;
  if (isSingle(copy, environments, policy)) return "now";
  // Another run may prune these at this moment.
  const surplus = surplusIn(environments, policy);
  const others = backupsIn(environments, policy.holdDays).filter(
    ({ environment }) => environment.status === "ready" && environment.id !== id,
  );
  const stays = others.some(
    (other) =>
      other.environment.id === setAside?.environment.id ||
      !(other.superseded || surplus.has(other.environment.id)),
  );
  if (stays) return copy.superseded ? "now" : "once-marked";
  const rank = CADENCES.indexOf(copy.cadence);
  const yieldsTo = others.some(({ cadence }) => CADENCES.indexOf(cadence) > rank);
  return copy.superseded && others.length > 0 && !yieldsTo ? "in-turn" : "never";
}

/** Ids of all copies that newer ones have made dispensable. */
export function surplusIn(
  environments: readonly Environment[],
  policy: Pick<Config, "keep" | "holdDays">,
): ReadonlySet<string> {
  const copies = CADENCES.flatMap((each) => excess(environments, each, policy, NONE).remove);
  return new Set(copies.map(({ environment }) => environment.id));
}

const NONE: ReadonlySet<string> = new Set();

/** Whether a copy is the only one of ours. Held ones are somebody's work: no backups, and their places are not ours. */
export function isSingle(
  { environment }: Copy,
  environments: readonly Environment[],
  { holdDays }: Pick<Config, "holdDays">,
): boolean {
  return backupsIn(environments, holdDays).every((each) => each.environment.id === environment.id);
}

/**
 * The copies of a cadence that may give way, those first that should go first: one that this run has marked, then the
 * oldest; the one that was set aside for the run's own target only if no other can.
 *
 * @param backups of the cadence: ready, the newest first
 * @param spared ids of copies that stay for reasons of their own
 */
export function candidatesToGiveWay(
  environments: readonly Environment[],
  backups: readonly Copy[],
  spared: ReadonlySet<string>,
  { setAside, marked }: { readonly setAside: Copy | undefined; readonly marked: string | undefined },
): Copy[] {
  const rankOf = (copy: Copy) => (copy.environment.id === marked ? 0 : copy === setAside ? 2 : 1);
  return backups
    .filter(({ environment: { id } }) => !isForkSource(environments, id) && !spared.has(id))
    .reverse()
    .sort((a, b) => rankOf(a) - rankOf(b));
}

const OLDER_MS = 48 * 60 * 60 * 1_000;

/**
 * The newest backups of ours that are more than 48 hours old: a run by hand never removes these, whatever their
 * cadence, so that no number of calls takes away every way back to before today. It is a fixed one, not "the last of
 * several", so that two runs at once cannot each remove another. By two clocks, so that one that is wrong costs nothing.
 *
 * @param instants ms since the epoch, what each clock shows
 * @returns ids, at most one for each clock
 */
export function lastWaysBack(
  environments: readonly Environment[],
  { holdDays }: Pick<Config, "holdDays">,
  instants: readonly number[],
): ReadonlySet<string> {
  const ready = backupsIn(environments, holdDays).filter(({ environment }) => environment.status === "ready");
  return new Set(
    instants.flatMap((now) => ready.find(({ takenAt }) => takenAt < now - OLDER_MS)?.environment.id ?? []),
  );
}
