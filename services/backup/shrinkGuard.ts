import { CADENCES } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import { type Backup, identityOf } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { parseName } from "../catalog/names.ts";
import type { Policy } from "../catalog/policy.ts";
import type { Budget } from "../datocms/budget.ts";
import type { Contents, Totals } from "../datocms/contents.ts";
import type { Environment } from "../datocms/environments.ts";
import { planPrune } from "./prune/plan.ts";

/** Fewer than this missing is everyday work, whatever their share. */
const LEAST_MISSING = 20;
/** Calls in which an environment is counted. */
const COUNTING_CALLS = 2;
/**
 * With fewer calls a run on a full price plan may not be able to compare what it evicts beside a backup that the guard
 * keeps: three reads, two refused forks, three counts, and seven to mark one backup, evict it and fork.
 */
export const GUARD_CALLS = 18;

/** A backup, and what stands in for it and holds suspiciously little. */
export interface Shrink {
  readonly older: string;
  /** Name of a newer backup, or id of the primary. */
  readonly newer: string;
  readonly before: Totals;
  readonly after: Totals;
}

/** What a comparison came to. */
export type Verdict =
  /** Nothing speaks against removing the older one, or nothing can be known. */
  | { readonly kind: "clear" }
  | { readonly kind: "shrunk"; readonly shrink: Shrink }
  /** Not known at present, a later run may know; without a failure one of the two is no longer there. */
  | { readonly kind: "unread"; readonly failure: Failure | undefined }
  | { readonly kind: "out-of-calls" };

const CLEAR: Verdict = { kind: "clear" };

/**
 * Tells whether so much is missing that the older backup may be the last good one: of its records or its uploads
 * more than a share, and no mere handful.
 *
 * @param limit percent of which more must be missing
 */
export function hasShrunk(before: Totals, after: Totals, limit: number): boolean {
  const isMissing = (had: number, has: number) =>
    had - has >= LEAST_MISSING && (had - has) * 100 > had * limit;
  return isMissing(before.records, after.records) || isMissing(before.uploads, after.uploads);
}

/** Finds the newest restore point that stands in for an older one; undefined where there is none. */
export function replacementOf(older: Backup, catalog: Catalog): Backup | undefined {
  const newest = catalog.newest(older.cadence);
  return newest?.id === older.id ? undefined : newest;
}

/** Compares backups before an older one is destroyed. One is made for each invocation; each backup is counted once. */
export interface ShrinkGuard {
  /** Nothing is compared. */
  readonly isOff: boolean;
  /** What it keeps, by the id of the older backup. */
  readonly guarded: ReadonlyMap<string, Shrink>;
  /**
   * Asks DatoCMS, in up to four calls and more where it does not answer at once.
   *
   * @param replacement undefined: nothing stands in for the older one, so nothing is compared
   * @param reserved calls that must be left after the comparison
   */
  compare(older: Backup, replacement: Environment | undefined, reserved: number): Promise<Verdict>;
}

/**
 * @param limit undefined: nothing is compared
 * @param onGuarded hears of each backup once that the guard keeps
 */
export function shrinkGuardFor(
  contents: Contents,
  limit: Policy["shrinkLimit"],
  budget: Pick<Budget, "callsLeft">,
  onGuarded: (older: Backup, shrink: Shrink) => void = () => {},
): ShrinkGuard {
  const counted = new Map<string, ReturnType<Contents["totals"]>>();
  const guarded = new Map<string, Shrink>();
  const totals = (environment: Environment) => {
    const identity = identityOf(environment);
    const reading = counted.get(identity) ?? contents.totals(environment.id);
    counted.set(identity, reading);
    return reading;
  };
  const judge = async (older: Backup, newer: Environment, percent: number): Promise<Verdict> => {
    const [had, has] = await Promise.all([totals(older.environment), totals(newer)]);
    if (!had.ok) return { kind: "unread", failure: had.failure };
    if (!has.ok) return { kind: "unread", failure: has.failure };
    const [before, after] = [had.value, has.value];
    if (before === "withheld" || after === "withheld") return CLEAR;
    if (before === undefined || after === undefined) return { kind: "unread", failure: undefined };
    if (!hasShrunk(before, after, percent)) return CLEAR;
    const name = newer.primary ? newer.id : (parseName(newer.id)?.originalId ?? newer.id);
    return { kind: "shrunk", shrink: { older: older.originalId, newer: name, before, after } };
  };
  return {
    isOff: limit === undefined,
    guarded,
    async compare(older, replacement, reserved) {
      if (limit === undefined || replacement === undefined) return CLEAR;
      const uncounted = [older.environment, replacement].filter((each) => !counted.has(identityOf(each)));
      const calls = COUNTING_CALLS * uncounted.length;
      if (calls > 0 && budget.callsLeft() < calls + reserved) return { kind: "out-of-calls" };
      const verdict = await judge(older, replacement, limit);
      const isNews = !guarded.has(older.id);
      guarded.delete(older.id);
      if (verdict.kind !== "shrunk") return verdict;
      guarded.set(older.id, verdict.shrink);
      if (isNews) onGuarded(older, verdict.shrink);
      return verdict;
    },
  };
}

/** Who only looks compares so many of each cadence: those that would go first. A thousand would not tell more. */
const MOST_LOOKED_AT = 3;

/**
 * Finds the backups that the guard keeps at present: those beyond the count while their replacement holds much less.
 * Costs no call unless a backup exceeds `keep`.
 */
export async function guardedIn(
  catalog: Catalog,
  policy: Pick<Policy, "keep">,
  guard: ShrinkGuard,
): Promise<Shrink[]> {
  const found: Shrink[] = [];
  for (const cadence of CADENCES)
    for (const { backup } of planPrune(catalog, cadence, policy).remove.slice(0, MOST_LOOKED_AT)) {
      const verdict = await guard.compare(backup, replacementOf(backup, catalog)?.environment, 0);
      if (verdict.kind === "shrunk") found.push(verdict.shrink);
    }
  return found;
}
