import { CADENCES, type Config } from "../../utils/config.ts";
import type { Failure } from "../../utils/failures.ts";
import type { Contents, Totals } from "../datocms/contents.ts";
import type { Environment } from "../datocms/environments.ts";
import { newestBackup } from "./held.ts";
import { asCopy, type Copy, identityOf } from "./names.ts";
import { excess } from "./retention.ts";

/** Fewer than this missing is everyday work, whatever their share. */
const LEAST_MISSING = 20;
/** Calls in which an environment is counted. */
const COUNTING_CALLS = 2;

/** A copy, and what stands in for it and holds suspiciously little. */
export interface Shrink {
  readonly older: string;
  /** Name of a newer copy, or id of the primary. */
  readonly newer: string;
  readonly before: Totals;
  readonly after: Totals;
}

/** What a comparison came to. */
export type Verdict =
  /** Nothing speaks against removing the older one, or nothing can be known. */
  | { readonly kind: "clear" }
  | { readonly kind: "shrunk"; readonly shrink: Shrink }
  /** Not known at present; a later run may know. */
  | { readonly kind: "unread"; readonly failure: Failure | undefined };

const CLEAR: Verdict = { kind: "clear" };

/**
 * Whether so much is missing that the older copy may be the last good one: of its records or its uploads
 * more than a share, and no mere handful.
 *
 * @param limit percent of which more must be missing
 */
export function hasShrunk(before: Totals, after: Totals, limit: number): boolean {
  const isMissing = (had: number, has: number) =>
    had - has >= LEAST_MISSING && (had - has) * 100 > had * limit;
  return isMissing(before.records, after.records) || isMissing(before.uploads, after.uploads);
}

/** The newest copy that counts and stands in for an older one; undefined where there is none. */
export function successorOf(
  older: Copy,
  environments: readonly Environment[],
  { holdDays }: Pick<Config, "holdDays">,
): Copy | undefined {
  const newest = newestBackup(environments, older.cadence, holdDays);
  return newest?.environment.id === older.environment.id ? undefined : newest;
}

/** Compares copies before an older one is destroyed. One is made for each invocation; each copy is counted once. */
export interface Brake {
  /** Nothing is compared. */
  readonly isOff: boolean;
  /** Calls that a comparison needs. */
  callsFor(older: Copy, newer: Environment): number;
  /** Asks DatoCMS in so many calls, more where it does not answer at once. */
  compare(older: Copy, newer: Environment): Promise<Verdict>;
}

/** @param limit undefined: nothing is compared */
export function brakeFor(contents: Contents, limit: Config["shrinkLimit"]): Brake {
  const counted = new Map<string, ReturnType<Contents["totals"]>>();
  const totals = (environment: Environment) => {
    const identity = identityOf(environment);
    const reading = counted.get(identity) ?? contents.totals(environment.id);
    counted.set(identity, reading);
    return reading;
  };
  return {
    isOff: limit === undefined,
    callsFor: ({ environment }, newer) =>
      COUNTING_CALLS * [environment, newer].filter((each) => !counted.has(identityOf(each))).length,
    async compare(older, newer) {
      if (limit === undefined) return CLEAR;
      const [had, has] = await Promise.all([totals(older.environment), totals(newer)]);
      if (!had.ok) return { kind: "unread", failure: had.failure };
      if (!has.ok) return { kind: "unread", failure: has.failure };
      const [before, after] = [had.value, has.value];
      if (before === "withheld" || after === "withheld") return CLEAR;
      if (before === undefined || after === undefined) return { kind: "unread", failure: undefined };
      if (!hasShrunk(before, after, limit)) return CLEAR;
      const name = asCopy(newer)?.originalId ?? newer.id;
      return { kind: "shrunk", shrink: { older: older.originalId, newer: name, before, after } };
    },
  };
}

/** Who only looks compares so many of each cadence: those that would go first. A thousand would not tell more. */
const MOST_LOOKED_AT = 3;

/**
 * The copies that the brake keeps at present: those that are beyond the count while their successor holds
 * much less. Mostly there is nothing beyond the count, and nothing is asked.
 */
export async function shrunkIn(
  environments: readonly Environment[],
  policy: Pick<Config, "keep" | "holdDays">,
  brake: Brake,
): Promise<Shrink[]> {
  const found: Shrink[] = [];
  for (const cadence of CADENCES)
    for (const older of excess(environments, cadence, policy, new Set()).remove.slice(0, MOST_LOOKED_AT)) {
      const successor = successorOf(older, environments, policy);
      const verdict = successor && (await brake.compare(older, successor.environment));
      if (verdict?.kind === "shrunk") found.push(verdict.shrink);
    }
  return found;
}
