import { failed, mapped, type Result, succeeded, valueIn } from "../utils/failures.ts";
import { inTime } from "../utils/inTime.ts";
import type { Variables } from "../utils/variables.ts";
import type { ScheduleTimes } from "./archive/schedules/schedule.ts";
import { readArchiveCadences, readSamplePercent } from "./archive/settings.ts";
import { type ArchiveFacts, readArchiveFacts } from "./archive/watch/facts.ts";
import { archiveFindings } from "./archive/watch/findings.ts";
import type { ArchiveWishes } from "./archive/watch/lateness.ts";
import { archiveFamilies } from "./archiveFigures.ts";
import { type Finding, warn } from "./findings/finding.ts";
import { jobsOf } from "./jobs/jobs.ts";
import type { Family } from "./metrics.ts";
import type { Kept, Offsite, OffsiteFailure, OffsiteHost } from "./offsite.ts";
import { isStoreSet, type OffsiteStoreHost, openOffsiteStore } from "./offsiteStore.ts";
import { restoreFindings } from "./restoreFindings.ts";
import { type OpenRestore, openRestores } from "./restoreJobs.ts";
import { storeUnavailable } from "./stores/failures.ts";

/** Looks at a deployment's archives for those who watch: bounded in calls and in time, and never rejects. */
export interface ArchiveWatch {
  /** For the check. */
  findings(): Promise<readonly Finding[]>;
  /** For the metrics. */
  figures(): Promise<readonly Family[]>;
  /** What is known now; a failure where the store does not answer in time. */
  facts(maxAgeMs: number): Promise<Result<ArchiveFacts, OffsiteFailure>>;
}

/** A check has 8 s, a scrape 7.5. */
const PATIENCE_MS = 4_000;
/** One that hangs is one that does not answer. */
const SILENT_STORE = storeUnavailable(`nothing in ${PATIENCE_MS / 1_000} s`);
/** Several checks at a time look once. */
const CHECK_MAX_AGE_MS = 5_000;
/** However often a scraper comes. */
const FIGURES_MAX_AGE_MS = 5 * 60_000;

/** A store that is looked at. */
export interface WatchedStore extends Pick<Offsite, "findings"> {
  open(): Promise<Result<Pick<Kept, "store" | "jobs">, OffsiteFailure>>;
}

interface Looked {
  readonly facts: ArchiveFacts;
  /** When the open job, of which there is one at most, made progress last; undefined where there is none. */
  readonly jobProgressAt: number | undefined;
  /** Those that have not ended; none where they cannot be read. */
  readonly restores: readonly OpenRestore[];
}

/** What an archive watch goes by; without `times`, nobody knows whether a schedule is late. */
export interface WatchHost extends Pick<OffsiteHost, "variables" | "clock"> {
  readonly times?: ScheduleTimes | undefined;
}

/** @param offsite opened when it is needed */
export function createArchiveWatch(
  { variables, clock, times }: WatchHost,
  offsite: WatchedStore,
): ArchiveWatch {
  const wishes = wishesIn(variables, times);
  let latest: { readonly at: number; readonly look: Promise<Result<Looked, OffsiteFailure>> } | undefined;

  function look(maxAgeMs: number): Promise<Result<Looked, OffsiteFailure>> {
    const now = clock.monotonic();
    if (latest === undefined || now - latest.at > maxAgeMs) latest = { at: now, look: read() };
    return inTime(latest.look, PATIENCE_MS, clock).then((found) => found ?? failed(SILENT_STORE));
  }

  async function read(): Promise<Result<Looked, OffsiteFailure>> {
    const found = await readOnce();
    // What has failed is looked at anew by whoever comes next.
    if (!found.ok) latest = undefined;
    return found;
  }

  async function readOnce(): Promise<Result<Looked, OffsiteFailure>> {
    const opened = await offsite.open();
    if (!opened.ok) return opened;
    const { store, jobs } = opened.value;
    const [facts, newest, restores] = await Promise.all([
      readArchiveFacts(store, clock),
      jobs.newest("archive"),
      openRestores(jobs),
    ]);
    if (!facts.ok) return facts;
    const job = valueIn(newest);
    const isOpen = job !== undefined && job.endedAt === null;
    const jobProgressAt = isOpen ? (job.progressAt ?? job.createdAt) : undefined;
    return succeeded({ facts: facts.value, jobProgressAt, restores: valueIn(restores) ?? [] });
  }

  return {
    facts: async (maxAgeMs) => mapped(await look(maxAgeMs), ({ facts }) => facts),

    async findings() {
      const found = await look(CHECK_MAX_AGE_MS);
      const now = clock.now();
      if (found.ok)
        return [
          ...restoreFindings(found.value.restores, now),
          ...archiveFindings(found.value.facts, wishes, now),
        ];
      const { cause, sentence } = found.failure;
      // Whoever keeps runs there has found it out already.
      if (offsite.findings().length > 0) return [];
      return [warn(cause, `The archives cannot be looked at: ${sentence}`)];
    },

    async figures() {
      const { facts, jobProgressAt } = valueIn(await look(FIGURES_MAX_AGE_MS)) ?? NOTHING;
      return archiveFamilies({ facts, wishes, jobProgressAt }, clock.now());
    },
  };
}

const NOTHING = { facts: undefined, jobProgressAt: undefined };

/**
 * The same for somebody who looks once, and writes nothing.
 *
 * @returns undefined where no store is set
 */
export function watchOf(host: OffsiteStoreHost & WatchHost): ArchiveWatch | undefined {
  if (!isStoreSet(host)) return undefined;
  return createArchiveWatch(host, {
    findings: () => [],
    open: async () =>
      mapped(await openOffsiteStore(host), (store) => ({ store, jobs: jobsOf(store, host.clock) })),
  });
}

/** What is expected of the archives, by the settings. */
export function wishesIn(variables: Variables, times: ScheduleTimes | undefined): ArchiveWishes {
  const percent = readSamplePercent(variables);
  const cadences = readArchiveCadences(variables);
  return { cadences: valueIn(cadences) ?? [], samplePercent: valueIn(percent), times };
}
