import {
  type LastRun,
  METRICS_MAX_AGE_MS,
  type Overview,
  readOverview,
  sharedFetch,
} from "../../../services/backupService.ts";
import type { Reads } from "../../../utils/reads.ts";
import { deploymentOf } from "../../check.ts";
import type { RequestContext } from "../../requestContext.ts";

/** A project as somebody sees it. */
export interface Seen {
  readonly overview: Overview;
  /** When the list of environments came, ms since the epoch. */
  readonly readAt: number;
  /** DatoCMS calls that this view cost. */
  readonly calls: number;
  /** The last that was seen of a project whose DatoCMS does not answer; undefined where all of this is of now. */
  readonly before: { readonly overview: Overview; readonly readAt: number } | undefined;
}

/** While a backup is being made and somebody looks. */
const BUSY_MAX_AGE_MS = 10_000;

/** Tells how far a backup in the making is; nothing else changes meanwhile. */
const ENVIRONMENTS = /\/environments$/;

/** What each process saw last with DatoCMS answering. */
const seenLast = new WeakMap<Reads, { readonly overview: Overview; readonly readAt: number }>();

/**
 * Looks at the project: at what this process has read within the hour, or, while a backup is being made, within ten
 * seconds.
 *
 * @param runs the last of each kind of backup
 * @param fresh asks DatoCMS now
 */
export async function look(
  context: RequestContext,
  runs: Promise<readonly LastRun[]>,
  fresh: boolean,
): Promise<Seen> {
  const first = await read(context, runs, fresh ? 0 : METRICS_MAX_AGE_MS);
  const again =
    isBusy(first.overview) && !fresh
      ? await read(context, runs, BUSY_MAX_AGE_MS, METRICS_MAX_AGE_MS)
      : undefined;
  const seen = again === undefined ? first : { ...again, calls: first.calls + again.calls };
  const { reads } = context.env;
  const isAway = seen.overview.headline.state === "away";
  if (reads !== undefined && !isAway && seen.overview.inventory !== undefined)
    seenLast.set(reads, { overview: seen.overview, readAt: seen.readAt });
  return { ...seen, before: isAway && reads !== undefined ? seenLast.get(reads) : undefined };
}

/**
 * @param maxAgeMs of the list of environments
 * @param keptMs of all else
 */
async function read(
  context: RequestContext,
  runs: Promise<readonly LastRun[]>,
  maxAgeMs: number,
  keptMs = maxAgeMs,
): Promise<Omit<Seen, "before">> {
  const { env, var: variables } = context;
  let calls = 0;
  let readAt = env.clock.now();
  const counted: typeof fetch = (input, init) => {
    calls += 1;
    return env.fetch(input, init);
  };
  const onAnswer = (cameAt: number) => {
    readAt = cameAt;
  };
  const latest = sharedFetch({ ...env, fetch: counted, maxAgeMs, onAnswer });
  const kept = sharedFetch({ ...env, fetch: counted, maxAgeMs: keptMs });
  const deployment = {
    ...deploymentOf(env, variables.access, variables.arrivedAt),
    fetch: ((input, init) =>
      (ENVIRONMENTS.test(String(input)) ? latest : kept)(input, init)) satisfies typeof fetch,
  };
  const overview = await readOverview(deployment, runs);
  return { overview, readAt, calls };
}

/** A backup is being made, and not for ever. */
export function isBusy({ inventory }: Overview): boolean {
  return inventory?.backups.some(({ is }) => is.state === "creating" && !is.hangs) ?? false;
}
