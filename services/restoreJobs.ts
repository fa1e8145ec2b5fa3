import * as z from "zod";
import { mapped, type Result } from "../utils/failures.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { StoreFailure } from "./stores/failures.ts";

/** Restores as jobs of their store, so that others see what is under way: one at a time into each environment. */

const FAMILY = "restore";
const HOUR_MS = 60 * 60_000;
/** What a restore reads is spared so long. */
const SPARED_MS = 24 * HOUR_MS;
/** Forks by schedule wait so long at most for a restore that writes to what they copy. */
const WAITED_FOR_MS = 2 * HOUR_MS;

const Source = z.object({
  kind: z.enum(["archive", "environment"]),
  name: z.string(),
  /** Since when it is read, ms since the epoch. */
  since: z.number(),
});

/** What others are to know of a restore. */
export const RestoreCursor = z.object({
  verb: z.enum(["apply", "undo"]),
  /** The run that is worked on; null until it has begun. */
  run: z.string().nullable(),
  /** A run that was begun and has not ended, which the same command goes on with. */
  unfinished: z.string().nullable(),
  into: z.string(),
  isPrimary: z.boolean(),
  /** When the command began, ms since the epoch. */
  since: z.number(),
  /** What it reads, and what an unfinished run before it has read. */
  sources: z.array(Source),
});
export type RestoreCursor = z.infer<typeof RestoreCursor>;

/** The kind of the jobs that restore into an environment. */
export function kindInto(environmentId: string): string {
  return `${FAMILY}.${environmentId}`;
}

/** A restore that has not ended. */
export interface OpenRestore extends RestoreCursor {
  /** A process works on it; otherwise it was interrupted. */
  readonly isHeld: boolean;
}

/** The restores of a store that have not ended. */
export async function openRestores(
  jobs: Pick<Jobs, "underWay">,
): Promise<Result<readonly OpenRestore[], StoreFailure>> {
  return mapped(await jobs.underWay(FAMILY), (found) =>
    found.flatMap(({ job, isHeld }) => {
      const cursor = RestoreCursor.safeParse(job.cursor).data;
      return cursor === undefined ? [] : [{ ...cursor, isHeld }];
    }),
  );
}

/**
 * Names what restores read: it is not to be removed meanwhile, for a day at most. Pure.
 *
 * @param now ms since the epoch
 */
export function sparedFor(
  restores: readonly RestoreCursor[],
  kind: "archive" | "environment",
  now: number,
): string[] {
  const sources = restores.flatMap((restore) => restore.sources);
  return sources.filter((each) => each.kind === kind && isRecent(each, now)).map(({ name }) => name);
}

/** Whether what a restore reads is spared still. Pure. */
export function isRecent({ since }: { readonly since: number }, now: number): boolean {
  return now - since < SPARED_MS;
}

/**
 * When scheduled backups need not wait any longer for a restore that writes to the primary, ms since the epoch;
 * undefined where none does. Pure.
 */
export function primaryTakenUntil(restores: readonly OpenRestore[], now: number): number | undefined {
  const writing = restores.filter(({ isHeld, isPrimary }) => isHeld && isPrimary);
  const ends = writing.map(({ since }) => since + WAITED_FOR_MS).filter((end) => end > now);
  return ends.length === 0 ? undefined : Math.max(...ends);
}
