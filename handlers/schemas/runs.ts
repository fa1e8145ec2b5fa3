import * as z from "zod";
import type { Problem as RunProblem } from "../../services/backupService.ts";
import type { FailureCause } from "../../utils/failures.ts";
import { CopyId, CopyName, cadence, count, everyOf, Instant, text } from "./common.ts";

/** The words of runs about their backups. */

export const force = z.union([z.boolean(), z.string()]).optional();

export const Problem = z
  .strictObject({
    code: everyOf<RunProblem["code"]>({
      COPY_NOT_REMOVED: true,
      OLD_COPY_GAVE_WAY: true,
      OLDER_BACKUP_KEPT: true,
      OVERAGE: true,
      NO_ROOM_FOR_REPLACEMENT: true,
      SHRUNK: true,
    }),
    sentence: text,
  })
  .meta({ description: "Something to know about a backup that was made all the same" });

const common = {
  scope: cadence,
  createdEnvironmentId: CopyName,
  deletedEnvironmentId: CopyName.nullable(),
  deletedEnvironmentIds: z.array(CopyName),
  problems: z.array(Problem).min(1).optional(),
};
const ready = {
  ...common,
  state: z.literal("ready"),
  completedAt: Instant,
  reused: z.literal(true).optional(),
};
const creating = {
  ...common,
  state: z.literal("creating"),
  percentage: z.number().nullable(),
  replaces: CopyName.nullable(),
};
const late = z.literal(true).optional();

export const Result = z
  .discriminatedUnion("state", [z.strictObject(ready), z.strictObject(creating)])
  .meta({ description: "A backup: ready, or still in the making, which a later run completes" });

export const ScheduledResult = z
  .discriminatedUnion("state", [z.strictObject({ ...ready, late }), z.strictObject({ ...creating, late })])
  .meta({ description: "A backup made by schedule; late: after its slot's own hour" });

export const FailureCauseWord = everyOf<FailureCause>({
  BACKUP_ID_IS_PRIMARY: true,
  DATOCMS_BUSY: true,
  DATOCMS_REFUSED: true,
  DATOCMS_UNAVAILABLE: true,
  ENVIRONMENT_LIMIT_REACHED: true,
  FORK_FAILED: true,
  INSUFFICIENT_PERMISSIONS: true,
  INTERNAL_ERROR: true,
  INVALID_API_TOKEN: true,
  OUT_OF_CALLS: true,
  OUT_OF_TIME: true,
  PRIMARY_NOT_FOUND: true,
  RATE_LIMITED: true,
  UNEXPECTED_ANSWER: true,
}).meta({ description: "What stands behind a failure" });

/** DatoCMS's answer, and how the plan's places are taken; each where it is known. */
export const facts = {
  datocmsStatus: z.int().optional(),
  datocmsCodes: z.array(text).optional(),
  limit: count.nullable().optional(),
  inUse: count.optional(),
  ours: count.optional(),
  foreign: count.optional(),
  creating: z.array(CopyId).min(1).optional(),
};

/** The deeds of a run that left no backup. */
export const done = {
  deletedEnvironmentIds: z.array(CopyName).min(1).optional(),
  problems: z.array(Problem).min(1).optional(),
};

const failed = { code: FailureCauseWord, message: text, details: z.strictObject({ ...facts, ...done }) };

export const OtherFailure = z
  .strictObject({ scope: cadence, ...failed })
  .meta({ description: "Why there is no backup of another cadence" });

export const RunFailure = z.strictObject(failed).meta({ description: "Why there is no backup" });

export const Initialized = z
  .strictObject({
    daily: z.union([Result, RunFailure]).optional(),
    weekly: z.union([Result, RunFailure]).optional(),
  })
  .meta({ description: "What became of both, or of what the schedule makes; at least one has failed" });
