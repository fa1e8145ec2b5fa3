import * as z from "zod";
import { type Failure, type Result, succeeded, valueIn } from "../utils/failures.ts";
import { findArchive, manifestIn } from "./archive/archives.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import type { ArchiveHost, ArchiveRequest } from "./archiveService.ts";
import { ArchiveCursor } from "./archiveWork.ts";
import { advance, type Work } from "./jobs/advance.ts";
import { isEnded, type Job } from "./jobs/job.ts";
import { type Jobs, jobsOf } from "./jobs/jobs.ts";
import { claimStore } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import { ROOT_KEY } from "./stores/root.ts";
import type { Store } from "./stores/store.ts";

/** Who makes an archive, and where. */
export interface Alone {
  readonly store: Store;
  readonly project: Project;
  readonly host: ArchiveHost;
  readonly request: ArchiveRequest;
  /** Told once of each archive that is waited for. */
  readonly onWait: (jobId: string) => void;
  /** Makes it, whoever else makes one. */
  readonly create: (request: ArchiveRequest) => Promise<Result<Manifest, ArchiveFailure>>;
}

type Made = Result<Manifest, ArchiveFailure>;

/** The result of a job that has made an archive. */
const MadeArchive = z.object({ archive: z.string() });

/** How often an archive that is waited for is looked at. */
const LOOK_MS = 2_000;
/** Jobs that ended are kept so long. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const INTERRUPTED = { cause: "INTERRUPTED", sentence: "Somebody has interrupted it." };

/**
 * Makes an archive as the one job of its store. Where somebody makes one already, it is waited for, and is the answer
 * where it is what was asked for; else another one is made after it. What stands in the way of a job keeps no archive from
 * being made: at worst two are made side by side.
 */
export async function createAlone(alone: Alone): Promise<Made> {
  const { host, request, onWait, create } = alone;
  const { clock, signal } = host;
  const jobs = await jobsIn(alone);
  const cursor = cursorOf(request);
  let awaited: string | undefined;
  while (jobs !== undefined && signal?.aborted !== true) {
    const over = awaited === undefined ? undefined : await endOf(jobs, awaited);
    if (over !== undefined) {
      const joined = await archiveOf(over, alone);
      if (joined !== undefined) return succeeded(joined);
      awaited = undefined;
    }
    const job = valueIn(await jobs.openNext({ kind: "archive", cursor }));
    if (job === undefined) break;
    const isHeld = valueIn(await jobs.isHeld(job.id));
    if (isHeld === false) {
      // Nobody works on it, and what it is to become is not known here.
      if (!isSameWish(job.cursor, cursor)) break;
      const made = await makeAs(job, jobs, alone);
      if (made === undefined) continue;
      await jobs.prune(KEPT_MS);
      return made;
    }
    if (awaited !== job.id) onWait(job.id);
    awaited = job.id;
    await clock.sleep(LOOK_MS, signal);
  }
  return create(request);
}

/** The jobs of a store that is known to be the project's; undefined where it is not, or nobody has used it yet. */
async function jobsIn({ store, project, host }: Alone): Promise<Jobs | undefined> {
  const root = valueIn(await store.head(ROOT_KEY));
  if (root === undefined) return undefined;
  const claimed = await claimStore(store, project, host);
  return claimed.ok ? jobsOf(store, host.clock, host.holders) : undefined;
}

/** Undefined where somebody else was faster. */
async function makeAs({ id }: Job, jobs: Jobs, { host, request, create }: Alone): Promise<Made | undefined> {
  let made: Made | undefined;
  const work: Work = {
    async step(_, { tell }) {
      let read = 0;
      made = await create({
        ...request,
        onProgress(progress) {
          read += progress.count;
          const what = request.from ?? "archive";
          tell({ done: read, total: null, unit: "records and uploads", what });
          request.onProgress(progress);
        },
      });
      if (!made.ok)
        return { kind: "failed", failure: host.signal?.aborted ? INTERRUPTED : causeOf(made.failure) };
      return { kind: made.value.partial ? "partial" : "done", result: { archive: made.value.id } };
    },
  };
  await advance(id, work, { jobs, clock: host.clock, timeLeft: () => 1 });
  return made;
}

function causeOf({ cause, sentence }: Failure<string>) {
  return { cause, sentence };
}

async function endOf(jobs: Jobs, id: string): Promise<Job | undefined> {
  const job = valueIn(await jobs.get(id));
  return job !== undefined && isEnded(job) ? job : undefined;
}

/** What a job has made, where it is what was asked for. */
async function archiveOf({ result }: Job, { store, request }: Alone): Promise<Manifest | undefined> {
  const made = MadeArchive.safeParse(result).data;
  const found = made && valueIn(await findArchive(store, made.archive));
  const manifest = found && valueIn(manifestIn(found));
  if (manifest === undefined || request.isFull) return undefined;
  const { source, scope } = manifest;
  const isSame = source.environment === (request.from ?? source.environment);
  return isSame && (scope.assets || !request.withAssets) ? manifest : undefined;
}

function cursorOf({ from, withAssets, isFull }: ArchiveRequest): ArchiveCursor {
  return {
    ...{ trigger: "hand", by: "holder" },
    ...{ from: from ?? null, createdAt: null, cadences: [], withAssets, isFull, made: null },
  };
}

/** A job that has made its archive has nothing left but to be finished: what is asked for now is another one. */
function isSameWish(cursor: unknown, { from, withAssets, isFull }: ArchiveCursor): boolean {
  const { data } = ArchiveCursor.safeParse(cursor);
  const isByHand = data?.trigger === "hand" && data.schedule === undefined && data.made === null;
  return isByHand && data.from === from && data.withAssets === withAssets && data.isFull === isFull;
}
