import { CADENCES, type Config } from "../../utils/config.ts";
import { type Failure, failureIn } from "../../utils/errors.ts";
import type { Contents, Totals } from "../datocms/contents.ts";
import type { Environment } from "../datocms/environments.ts";
import { newestBackup } from "./held.ts";
import { type Copy, identityOf } from "./names.ts";
import { excess } from "./retention.ts";

/** Fewer than this missing is everyday work, whatever their share. */
const LEAST_MISSING = 20;
/** Calls that a comparison may need. */
export const COMPARISON_CALLS = 4;

/** Two copies of a cadence, of which the newer one holds suspiciously little. */
export interface Shrink {
  readonly older: string;
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
  /** Whether both have been counted, so that a comparison costs no call. */
  knows(older: Copy, newer: Copy): boolean;
  /** Asks DatoCMS in at most `COMPARISON_CALLS` calls. */
  compare(older: Copy, newer: Copy): Promise<Verdict>;
}

/** @param limit undefined: nothing is compared */
export function brakeFor(contents: Contents, limit: Config["shrinkLimit"]): Brake {
  const counted = new Map<string, ReturnType<Contents["totals"]>>();
  const keyOf = ({ environment }: Copy) => identityOf(environment);
  const totals = (copy: Copy) => {
    const reading = counted.get(keyOf(copy)) ?? contents.totals(copy.environment.id);
    counted.set(keyOf(copy), reading);
    return reading;
  };
  return {
    isOff: limit === undefined,
    knows: (...copies) => copies.every((copy) => counted.has(keyOf(copy))),
    async compare(older, newer) {
      if (limit === undefined) return CLEAR;
      try {
        const [before, after] = await Promise.all([totals(older), totals(newer)]);
        if (before === "withheld" || after === "withheld") return CLEAR;
        if (before === undefined || after === undefined) return { kind: "unread", failure: undefined };
        if (!hasShrunk(before, after, limit)) return CLEAR;
        const shrink = { older: older.originalId, newer: newer.originalId, before, after };
        return { kind: "shrunk", shrink };
      } catch (error) {
        const failure = failureIn(error);
        if (failure === undefined) throw error;
        return { kind: "unread", failure };
      }
    },
  };
}

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
    for (const older of excess(environments, cadence, policy, new Set()).remove) {
      const successor = successorOf(older, environments, policy);
      const verdict = successor && (await brake.compare(older, successor));
      if (verdict?.kind === "shrunk") found.push(verdict.shrink);
    }
  return found;
}
