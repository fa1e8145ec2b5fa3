import * as z from "zod/mini";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { valueIn } from "../../utils/failures.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { ArchiveRecord, BackupRecord, RunFailure, RunRecord } from "./record.ts";

/** Everything that ends as one run. */
export const RUN_KINDS = [
  "backup",
  "archive",
  "upload",
  "verify",
  "prune",
  "restore",
  "keep",
  "remove",
  "pause",
  "resume",
  "settings",
] as const;
export const RUN_STATUSES = ["done", "creating", "skipped", "partial", "failed"] as const;
export const RUN_TRIGGERS = ["schedule", "hand", "plugin"] as const;

export type RunKind = (typeof RUN_KINDS)[number];
export type StoredStatus = (typeof RUN_STATUSES)[number];

/** What a list tells of a run. */
export interface RunSummary {
  readonly id: string;
  readonly kind: RunKind;
  readonly status: StoredStatus;
  readonly trigger: (typeof RUN_TRIGGERS)[number];
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** That the run has stored; of an upload, its tar's; of a verification, that it has looked at. */
  readonly bytes: number;
  /** That the run was about. */
  readonly cadences: readonly Cadence[];
}

const text = z.string();
const code = z.string().check(z.regex(/^[A-Z][A-Z_]*$/));
const whole = z.number().check(z.gte(0));
const Reason = z.object({ cause: code, sentence: text });

/** One backup in a run. */
const Backup = z.object({
  cadence: z.enum(CADENCES),
  environmentId: text,
  outcome: z.enum(["done", "creating", "promoted", "failed"]),
  deletedEnvironmentIds: z.array(text),
  problems: z.array(z.object({ code, sentence: text })),
  failure: z.nullable(Reason),
});

const Archive = z.object({
  id: z.nullable(text),
  environmentId: z.nullable(text),
  /** Codes. */
  warnings: z.array(text),
});
const Verify = z.object({ archiveId: z.nullable(text), level: text, objects: whole, problems: whole });
const Prune = z.object({
  deleted: z.array(text),
  kept: whole,
  /** Why objects were left that may be surplus; earlier versions kept no reason. */
  refusal: z.optional(z.nullable(Reason)),
});

const Restore = z.object({
  id: z.nullable(text),
  environmentId: text,
  records: whole,
  uploads: whole,
  schema: whole,
  /** Codes. */
  refused: z.array(text),
});

const Sandbox = z.object({
  environmentId: text,
  /** What a kept one is called since. */ name: z.nullable(text),
});

/** A finished run as it lies in the store. Members may be added; a reader takes what it knows. */
export const StoredRun = z.object({
  format: z.literal(1),
  id: text,
  kind: z.enum(RUN_KINDS),
  status: z.enum(RUN_STATUSES),
  trigger: z.enum(RUN_TRIGGERS),
  /** Who asked: the schedule, a holder of the secret, or anybody. */
  by: z.enum(["schedule", "holder", "anybody", "anybody-by-job"]),
  startedAt: whole,
  durationMs: whole,
  /** DatoCMS calls. */
  calls: whole,
  bytes: whole,
  cadences: z.array(z.enum(CADENCES)),
  backups: z.array(Backup),
  /** What came of a run of these kinds. */
  archive: z.optional(Archive),
  verify: z.optional(Verify),
  prune: z.optional(Prune),
  restore: z.optional(Restore),
  sandbox: z.optional(Sandbox),
  /** Why somebody did this, in their own words. */
  reason: z.optional(text),
  /** Why the run broke. */
  failure: z.nullable(Reason),
});
export type StoredRun = z.infer<typeof StoredRun>;

/** A run that is over, as it is kept. Pure. */
export function storedRun(record: RunRecord, id: string): StoredRun {
  const { kind, status, trigger, by, startedAt, durationMs, calls } = record;
  const run: StoredRun = {
    format: 1,
    id,
    kind,
    status,
    trigger,
    by,
    startedAt,
    durationMs: Math.max(0, Math.round(durationMs)),
    calls,
    bytes: 0,
    cadences: [],
    backups: [],
    failure: "result" in record && !record.result.ok ? reasonOf(record.result.failure) : null,
  };
  return { ...run, ...ownPartOf(record) };
}

/** What only runs of its kind have. */
function ownPartOf(record: RunRecord): Partial<StoredRun> {
  switch (record.kind) {
    case "backup":
      return backupPart(record);
    case "archive":
      return archivePart(record, record.environmentId);
    case "upload":
      return archivePart({ ...record, cadences: [] }, valueIn(record.result)?.environmentId);
    case "verify": {
      const { archiveId, level, result } = record;
      const { objects, bytes, problems } = valueIn(result) ?? { objects: 0, bytes: 0, problems: 0 };
      return { bytes, verify: { archiveId: archiveId ?? null, level, objects, problems } };
    }
    case "prune": {
      const { deleted, kept, refusal } = valueIn(record.result) ?? { deleted: [], kept: 0 };
      return { prune: { deleted: [...deleted], kept, refusal: refusal ? reasonOf(refusal) : null } };
    }
    case "restore": {
      const { environmentId, result } = record;
      const made = valueIn(result) ?? { restoreId: null, records: 0, uploads: 0, schema: 0, refused: [] };
      const { restoreId, refused, ...counts } = made;
      return { restore: { id: restoreId, environmentId, ...counts, refused: [...refused] } };
    }
    case "keep":
    case "remove": {
      const { cadence, environmentId, name } = record;
      return { cadences: [cadence], sandbox: { environmentId, name: name ?? null } };
    }
    default:
      return record.reason === undefined ? {} : { reason: record.reason };
  }
}

function backupPart({ result, tick }: BackupRecord): Partial<StoredRun> {
  const outcomes = valueIn(result) ?? [];
  const about = outcomes.map(({ cadence }) => cadence);
  const asked = tick === undefined || about.length > 0 ? about : [tick.query.cadence];
  return { cadences: inOrder(asked), backups: outcomes.map(backupOf) };
}

function archivePart(
  { cadences, result }: Pick<ArchiveRecord, "cadences" | "result">,
  environmentId: string | undefined,
): Partial<StoredRun> {
  const made = valueIn(result);
  const archive = {
    id: made?.archiveId ?? null,
    environmentId: environmentId ?? null,
    warnings: [...(made?.warnings ?? [])],
  };
  return { bytes: made?.storedBytes ?? 0, cadences: inOrder(cadences), archive };
}

function inOrder(cadences: readonly Cadence[]): Cadence[] {
  return CADENCES.filter((cadence) => cadences.includes(cadence));
}

/** A scheduled run that found nothing to do, as most do, has nothing to tell. */
export function isWorthKeeping(record: RunRecord): boolean {
  const { trigger, status } = record;
  if (trigger !== "schedule") return true;
  const hasSeenNothing = record.kind === "verify" && record.result.ok && record.result.value.objects === 0;
  return status !== "skipped" && !hasSeenNothing;
}

function backupOf(outcome: Outcome): StoredRun["backups"][number] {
  const { kind, cadence, environmentId, deleted, problems } = outcome;
  return {
    cadence,
    environmentId,
    outcome: kind,
    deletedEnvironmentIds: [...deleted],
    problems: [...problems],
    failure: outcome.kind === "failed" ? reasonOf(outcome.failure) : null,
  };
}

function reasonOf({ cause, sentence }: RunFailure) {
  return { cause, sentence };
}
