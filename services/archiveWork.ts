import * as z from "zod";
import { CADENCES } from "../utils/config.ts";
import type { Result } from "../utils/failures.ts";
import type { Progress } from "./archive/capture/content.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import type { ArchiveService } from "./archiveService.ts";
import { type SchedulesHost, scheduledStep } from "./archiveSlot.ts";
import { isArchived } from "./archiveWanted.ts";
import type { Hold, Step, Work } from "./jobs/advance.ts";

/** What jobs about archives do; their cursors, and their steps. */

const asked = { trigger: z.enum(["schedule", "hand"]), by: z.enum(["schedule", "holder"]) };

/** An archive that is to be made, and once it is made, its id: then it is looked at. */
export const ArchiveCursor = z.object({
  ...asked,
  from: z.string().nullable(),
  createdAt: z.number().nullable(),
  cadences: z.array(z.enum(CADENCES)),
  /** The schedule of archives that asks for it. */
  schedule: z.string().optional(),
  withAssets: z.boolean(),
  isFull: z.boolean(),
  made: z
    .object({
      id: z.string(),
      partial: z.boolean(),
      /** The time that the schedule had named, ms since the epoch. */
      slot: z.number().optional(),
    })
    .nullable(),
});
export type ArchiveCursor = z.infer<typeof ArchiveCursor>;

export const VerifyCursor = z.object({
  ...asked,
  archive: z.string(),
  level: z.enum(["quick", "full", "deep"]),
});
export type VerifyCursor = z.infer<typeof VerifyCursor>;

export type JobKind = "archive" | "verify";

/** What jobs are done with. */
export interface WorkHost extends SchedulesHost {
  /** The archives, for one caller. */
  archives(asked: Pick<ArchiveCursor, "trigger" | "by">, signal: AbortSignal): ArchiveService;
  /** Resolves once no backup run of this process is under way. */
  readonly runsOver: () => Promise<void>;
  /** Aborted where the process ends: work that it cuts off is gone on with later. */
  readonly stopped: AbortSignal;
  /** Told which environment is read from now on. */
  readonly onSource: (environmentId: string) => void;
}

/** DatoCMS calls a second; editors and builds keep the rest. */
const CALLS_PER_SECOND = 8;

const UNKNOWN_JOB = {
  kind: "failed",
  failure: { cause: "JOB_UNKNOWN", sentence: "Another version of this service has opened this job." },
} as const;

/** The work of a kind of job. */
export function workOf(kind: JobKind, host: WorkHost): Work {
  return kind === "archive" ? archiveWork(host) : verifyWork(host);
}

/** Archives an environment in one step, and finishes in another. */
function archiveWork(host: WorkHost): Work {
  return {
    async step(cursor, hold) {
      const read = ArchiveCursor.safeParse(cursor);
      if (!read.success) return UNKNOWN_JOB;
      const { data } = read;
      const { trigger, by } = data;
      const signal = AbortSignal.any([hold.lost, host.stopped]);
      const archives = host.archives({ trigger, by }, signal);
      if (data.made !== null) return finish(archives, data, data.made, host);
      const making = { ...host, hold, signal };
      return data.schedule === undefined
        ? create(archives, data, making)
        : createScheduled(archives, data, data.schedule, making);
    },
  };
}

type Making = WorkHost & { readonly hold: Hold; readonly signal: AbortSignal };

async function create(archives: ArchiveService, cursor: ArchiveCursor, making: Making): Promise<Step> {
  const { from, createdAt, cadences, withAssets, isFull } = cursor;
  // Somebody else's job may have made it meanwhile.
  const [cadence] = cadences;
  if (from !== null && createdAt !== null && cadence !== undefined) {
    const listed = await archives.list();
    if (!listed.ok) return brokenBy(listed, cursor, making);
    if (isArchived({ environmentId: from, createdAt, cadence }, listed.value, making.now()))
      return { kind: "done", result: null };
  }
  await making.runsOver();
  const made = await archives.create({
    from: from ?? undefined,
    createdAt: createdAt ?? undefined,
    cadences,
    withAssets,
    isFull,
    callsPerSecond: CALLS_PER_SECOND,
    onSource: making.onSource,
    onProgress: tellTo(making.hold, from ?? "archive"),
  });
  if (!made.ok) return brokenBy(made, cursor, making);
  const { id, partial } = made.value;
  return { kind: "more", cursor: { ...cursor, made: { id, partial } } };
}

/** Makes what a schedule asks for now, whatever it asked for when the job was opened. */
async function createScheduled(
  archives: ArchiveService,
  cursor: ArchiveCursor,
  id: string,
  making: Making,
): Promise<Step> {
  const next = await scheduledStep(id, archives, making);
  if (!next.ok) return brokenBy(next, cursor, making);
  const step = next.value;
  if (step.kind === "nothing") return { kind: "done", result: null };
  const { slot } = step;
  const madeOf = ({ id, partial }: Manifest): Step => ({
    kind: "more",
    cursor: { ...cursor, made: { id, partial, slot } },
  });
  if (step.kind === "made") return madeOf(step.archive);
  await making.runsOver();
  const made = await archives.create({
    from: undefined,
    schedule: { id, slot: new Date(slot).toISOString() },
    mostBytes: step.schedule.maxBytes,
    withAssets: cursor.withAssets,
    isFull: cursor.isFull,
    callsPerSecond: CALLS_PER_SECOND,
    onSource: making.onSource,
    onProgress: tellTo(making.hold, step.schedule.name),
  });
  if (made.ok) return madeOf(made.value);
  const { cause, sentence } = made.failure;
  if (!making.signal.aborted) await making.schedules.ended(id, { slot, failure: { cause, sentence } });
  return brokenBy(made, cursor, making);
}

/** Whoever goes on later begins where this process was stopped; anything else ends the job. */
function brokenBy(
  { failure: { cause, sentence } }: { readonly failure: ArchiveFailure },
  cursor: unknown,
  { signal }: Making,
): Step {
  return signal.aborted ? { kind: "more", cursor } : { kind: "failed", failure: { cause, sentence } };
}

/** Looks at what was made; a scheduled archive also takes the place of others. What comes of either is a run of its own. */
async function finish(
  archives: ArchiveService,
  { schedule, trigger }: ArchiveCursor,
  { id, partial, slot }: NonNullable<ArchiveCursor["made"]>,
  { schedules }: WorkHost,
): Promise<Step> {
  // Where it cannot be noted, the next look finds the archive itself.
  if (schedule !== undefined && slot !== undefined)
    await schedules.ended(schedule, { slot, archive: { id, partial } });
  await archives.verify(id, "quick");
  if (trigger === "schedule") await archives.prune({ isDryRun: false, isForced: false });
  return { kind: partial ? "partial" : "done", result: { archive: id } };
}

function verifyWork(host: WorkHost): Work {
  return {
    async step(cursor, hold) {
      const read = VerifyCursor.safeParse(cursor);
      if (!read.success) return UNKNOWN_JOB;
      const { archive, level, trigger, by } = read.data;
      const signal = AbortSignal.any([hold.lost, host.stopped]);
      const verified = await host.archives({ trigger, by }, signal).verify(archive, level);
      return verified.ok ? { kind: "done", result: verified.value } : failedBy(verified);
    },
  };
}

function failedBy<T>({ failure }: Extract<Result<T, ArchiveFailure>, { ok: false }>): Step {
  return { kind: "failed", failure: { cause: failure.cause, sentence: failure.sentence } };
}

/** Adds up what is read. */
function tellTo({ tell }: Hold, what: string): (progress: Progress) => void {
  const counts = { records: 0, uploads: 0 };
  return ({ unit, count }) => {
    counts[unit] += count;
    tell({ done: counts.records + counts.uploads, total: null, unit: "records and uploads", what });
  };
}
