import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import { restoreTakenOver } from "./archive/restore/runFile.ts";
import { sweepRestores } from "./archive/restore/sweep.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { advance, type Hold, type Step } from "./jobs/advance.ts";
import { type Jobs, jobsOf } from "./jobs/jobs.ts";
import { claimStore } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import { isRecent, kindInto, RestoreCursor } from "./restoreJobs.ts";
import { openRunsStore, type RestoreHost } from "./restoreSides.ts";
import { STORE_BUSY, storeUnavailable } from "./stores/failures.ts";
import type { Store } from "./stores/store.ts";

/** What is to be done alone. */
export type Alone = Pick<RestoreCursor, "verb" | "into" | "run">;

/** The right to write to an environment, of which nobody else has it. */
export interface Held {
  /** Writes nothing any more once the right is lost. */
  readonly host: RestoreHost;
  /** The same for what has to be put back after somebody has interrupted the rest: it has half a minute. */
  readonly closing: RestoreHost;
  /** Where the runs lie. */
  readonly store: Store;
  /** Tells others what is under way. */
  tell(about: About): Promise<Told>;
}

interface About extends Partial<Pick<RestoreCursor, "run" | "unfinished" | "isPrimary">> {
  /** What is read: it is spared from now on. */
  readonly source?: Pick<RestoreCursor["sources"][number], "kind" | "name">;
}

type Told = Result<void, RestoreFailure>;

/** Jobs that end as they begin have a reason. */
const TRIES = 5;
const LOOK_MS = 1_000;
/** A right that could be neither renewed nor lost for so long is given up. */
const PATIENCE_MS = 120_000;
const CLOSING_MS = 30_000;

/**
 * Does something to an environment while nobody else of this store does: as the one job of that environment.
 *
 * @returns `RESTORE_RUNNING` where somebody does, `RESTORE_TAKEN_OVER` where somebody else has gone on meanwhile
 */
export async function restoreAlone<T>(
  project: Project,
  host: RestoreHost,
  alone: Alone,
  work: (held: Held) => Promise<Result<T, RestoreFailure>>,
): Promise<Result<T, RestoreFailure>> {
  const { clock, holders } = host;
  const store = await openRunsStore(host);
  if (!store.ok) return store;
  const claimed = await claimStore(store.value, project, host);
  if (!claimed.ok) return claimed;
  // Where no archives are kept, nobody else does it; what stays for once goes the next time.
  await sweepRestores(store.value);
  const jobs = jobsOf(store.value, clock, holders);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const tried = await tryOnce(jobs, store.value, host, alone, work);
    if (tried !== undefined) return tried;
  }
  return failed(STORE_BUSY);
}

/** Undefined where the job ended before it could be worked on. */
async function tryOnce<T>(
  jobs: Jobs,
  store: Store,
  host: RestoreHost,
  { verb, into, run }: Alone,
  work: (held: Held) => Promise<Result<T, RestoreFailure>>,
): Promise<Result<T, RestoreFailure> | undefined> {
  const { clock } = host;
  const mine: RestoreCursor = {
    ...{ verb, run, into, unfinished: null, isPrimary: false, since: clock.now(), sources: [] },
  };
  const job = await jobs.openNext({ kind: kindInto(into), cursor: mine });
  if (!job.ok) return job;
  const came: { result?: Result<T, RestoreFailure> } = {};
  const restoring = {
    async step(before: unknown, hold: Hold): Promise<Step> {
      const { unfinished = null, sources = [] } = RestoreCursor.safeParse(before).data ?? {};
      const right = rightOf(hold, store, host, {
        ...{ ...mine, unfinished, sources: sources.filter((each) => isRecent(each, clock.now())) },
      });
      const begun = await right.held.tell({});
      const result = begun.ok ? await work(right.held) : begun;
      came.result = result.ok ? result : failed(right.reasonOf(result.failure));
      return stepAfter(result, right.cursor());
    },
  };
  const timeLeft = () => (came.result === undefined ? 1 : 0);
  const advanced = await advance(job.value.id, restoring, { jobs, clock, timeLeft });
  if (came.result !== undefined) return came.result;
  if (!advanced.ok) return advanced;
  const { value } = advanced;
  return value.kind === "held" ? failed(restoreRunning(into, value.job.cursor)) : undefined;
}

/** A run that has not ended keeps its job open: its source is spared until the same command has gone on. */
function stepAfter(result: Result<unknown, RestoreFailure>, cursor: RestoreCursor): Step {
  const isLeft = cursor.unfinished !== null && !(result.ok && cursor.unfinished === cursor.run);
  if (isLeft) return { kind: "more", cursor };
  if (result.ok) return { kind: "done", result: null };
  const { cause, sentence } = result.failure;
  return { kind: "failed", failure: { cause, sentence } };
}

interface Right {
  readonly held: Held;
  cursor(): RestoreCursor;
  /** What a failure really comes of. */
  reasonOf(other: RestoreFailure): RestoreFailure;
}

function rightOf(hold: Hold, store: Store, host: RestoreHost, first: RestoreCursor): Right {
  const { clock, signal } = host;
  let cursor = first;
  let isGivenUp = false;
  const ends = AbortSignal.any([hold.lost, ...(signal === undefined ? [] : [signal])]);

  async function mayWrite(): Promise<boolean> {
    const began = clock.monotonic();
    while (!hold.lost.aborted && !isGivenUp) {
      if (hold.mayAct()) return true;
      isGivenUp = clock.monotonic() - began > PATIENCE_MS;
      await clock.sleep(LOOK_MS, hold.lost);
    }
    return false;
  }

  async function tell({ source, ...about }: About): Promise<Told> {
    const others = cursor.sources.filter(({ kind, name }) => kind !== source?.kind || name !== source.name);
    const sources = source === undefined ? others : [...others, { ...source, since: clock.now() }];
    cursor = { ...cursor, ...about, sources };
    const saved = await hold.keep(cursor);
    if (!saved.ok) return saved;
    return saved.value === "lost" ? failed(takenOver()) : succeeded(undefined);
  }

  function takenOver() {
    return cursor.run === null ? restoreRunning(cursor.into, undefined) : restoreTakenOver(cursor.run);
  }

  return {
    cursor: () => cursor,
    reasonOf(other) {
      if (hold.lost.aborted) return takenOver();
      return isGivenUp ? storeUnavailable("the right to write could not be renewed") : other;
    },
    held: {
      store,
      host: { ...host, signal: ends, mayWrite },
      get closing() {
        const over = new AbortController();
        void clock.sleep(CLOSING_MS, hold.lost).then(() => over.abort());
        return { ...host, signal: over.signal, mayWrite };
      },
      tell,
    },
  };
}

function restoreRunning(into: string, about: unknown) {
  const { run = null, since, verb } = RestoreCursor.safeParse(about).data ?? {};
  const startedAt = since === undefined ? null : new Date(since).toISOString();
  const what = `${verb === "undo" ? "takes a restore back in" : "restores into"} ${into}`;
  return failure(
    "RESTORE_RUNNING",
    `Another process ${what}${startedAt === null ? "" : ` since ${startedAt}`}${run === null ? "" : ` (${run})`}.`,
    "Wait until it has ended. If it was killed on another machine, try again in a minute.",
    { environmentId: into, restore: run, since: startedAt },
  );
}
