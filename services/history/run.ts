import * as z from "zod/mini";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Outcome } from "../backup/outcome.ts";
import type { RunRecord } from "./record.ts";

/** Everything that ends as one run. */
export const RUN_KINDS = [
  "backup",
  "archive",
  "verify",
  "prune",
  "restore",
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
  /** That the run has stored. */
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
  /** Why the run broke. */
  failure: z.nullable(Reason),
});
export type StoredRun = z.infer<typeof StoredRun>;

/** A run that is over, as it is kept. Pure. */
export function storedRun(record: RunRecord, id: string): StoredRun {
  const { kind, status, trigger, by, startedAt, durationMs, calls, result } = record;
  const outcomes = result.ok ? result.value : [];
  const about = outcomes.map(({ cadence }) => cadence);
  const asked = record.tick === undefined || about.length > 0 ? about : [record.tick.query.cadence];
  return {
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
    cadences: CADENCES.filter((cadence) => asked.includes(cadence)),
    backups: outcomes.map(backupOf),
    failure: result.ok ? null : reasonOf(result.failure),
  };
}

/** A scheduled run that found nothing to do, as most do, has nothing to tell. */
export function isWorthKeeping({ trigger, status }: RunRecord): boolean {
  return trigger !== "schedule" || status !== "skipped";
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

function reasonOf({ cause, sentence }: { readonly cause: string; readonly sentence: string }) {
  return { cause, sentence };
}
