import * as z from "zod";
import type { ScheduledRun } from "../services/backupService.ts";
import { cadence, everyOf, Instant, PluginSchedule, Scheduler, text } from "./schemas/common.ts";
import { answer, body, type Docs, FORCE, type RouteDocs } from "./schemas/docs.ts";
import { AT, result, schedule, scheduler } from "./schemas/examples.ts";
import { BODY, Failed, failure, partialFailure, RUN, runFailure } from "./schemas/failures.ts";
import { force, Initialized, Problem, Result, RunFailure, ScheduledResult } from "./schemas/runs.ts";

type Skip = Extract<ScheduledRun, { kind: "skipped" }>;

export const RunRequest = z
  .looseObject({ force })
  .meta({ description: "Forced by true, or by a string that says so" });

const hour = z.int().min(0).max(23);
const weekday = z.int().min(0).max(6);

export const SlotFacts = z
  .strictObject({
    slotHourUtc: hour,
    slotWeekdayUtc: weekday.nullable(),
    currentHourUtc: hour,
    currentWeekdayUtc: weekday,
  })
  .meta({ description: "The project's slot beside the present moment; weekday 0 is Sunday" });

export const Ran = z.strictObject({ ok: z.literal(true), result: Result });

export const Skipped = z.strictObject({
  ok: z.literal(true),
  skipped: z.literal(true),
  reason: everyOf<Skip["reason"]>({
    NOT_DUE_IN_DISTRIBUTED_SLOT: true,
    SCHEDULER_DISABLED: true,
    NOT_DUE_IN_PLUGIN_SCHEDULE: true,
    TARGET_IS_PRIMARY: true,
  }),
  because: everyOf<Skip["because"]>({
    other_hour: true,
    other_day: true,
    not_enabled: true,
    already_made: true,
    no_room: true,
    first_copy_waits_for_its_slot: true,
    restore_under_way: true,
    disconnected: true,
    paused: true,
    promoted: true,
  }),
  scope: z.enum(["daily", "weekly"]),
  schedule: SlotFacts,
});

export const RanBySchedule = z.strictObject({
  ok: z.literal(true),
  result: ScheduledResult,
  results: z.array(ScheduledResult).min(2).optional(),
  schedule: SlotFacts,
});

export const JobAnswer = z
  .union([RanBySchedule, Skipped, Ran])
  .meta({ description: "By schedule: made, or skipped; forced, or on Cloudflare: made at once" });

export const InitializeAnswer = z.strictObject({
  ok: z.literal(true),
  message: text,
  result: z.strictObject({ daily: Result.optional(), weekly: Result.optional() }),
});

const run = {
  scheduler: Scheduler,
  schedule: PluginSchedule,
  checkedAt: Instant,
  problems: z.array(Problem).min(1).optional(),
};
const made = z.strictObject({ scope: cadence, status: z.enum(["executed", "creating"]), result: Result });
const failed = z.strictObject({ scope: cadence, status: z.literal("failed"), error: RunFailure });

export const ScheduledBackupsAnswer = z.strictObject({
  ok: z.literal(true),
  result: z.union([
    z.strictObject({ ...run, skipped: z.literal(false), results: z.array(made).min(1) }),
    z.strictObject({
      ...run,
      skipped: z.literal(true),
      reason: z.enum(["NOT_DUE", "SCHEDULER_DISABLED", "TARGET_IS_PRIMARY"]),
      results: z.array(made).max(0),
    }),
  ]),
});

export const ScheduledBackupsPartly = partialFailure(
  z.strictObject({ ...run, skipped: z.literal(false), results: z.array(z.union([made, failed])).min(1) }),
);

export const ScheduledBackupsFailed = z.union([Failed, ScheduledBackupsPartly]);

const asked = body("RunRequest", RunRequest, { force: true }, false);
const byHand = answer("Ran", "The backup", Ran, { example: { ok: true, result } });
const bySchedule = answer("JobAnswer", "The backup, or why there is none to make", JobAnswer, {
  example: {
    ok: true,
    skipped: true,
    reason: "NOT_DUE_IN_DISTRIBUTED_SLOT",
    because: "already_made",
    scope: "daily",
    schedule: { slotHourUtc: 4, slotWeekdayUtc: null, currentHourUtc: 4, currentWeekdayUtc: 6 },
  },
});

function job(id: string, cadence: string): RouteDocs {
  return {
    tag: "jobs",
    get: {
      id: `${id}BySchedule`,
      summary: `Makes the ${cadence} backup if it is due; on Cloudflare, and forced, at once`,
      parameters: FORCE,
      answers: { 200: bySchedule, ...RUN },
    },
    post: {
      id,
      summary: `Makes a ${cadence} backup at once, in place of today's`,
      parameters: FORCE,
      request: asked,
      answers: { 200: byHand, ...RUN, ...BODY },
    },
  };
}

const initialized = {
  200: answer("InitializeAnswer", "Both backups", InitializeAnswer, {
    example: {
      ok: true,
      message:
        "Initialization is under way: DatoCMS is still making the backups. Call this again to see them ready.",
      result: {
        daily: result,
        weekly: {
          scope: "weekly",
          state: "creating",
          createdEnvironmentId: "backup-plugin-weekly-2026-03-07",
          deletedEnvironmentId: null,
          deletedEnvironmentIds: [],
          percentage: 40,
          replaces: null,
        },
      },
    },
  }),
  409: failure(
    "NeitherIsMade",
    "The primary has a backup's name; or, without a secret, the schedule makes neither",
    ["BACKUP_ID_IS_PRIMARY", "CADENCE_NOT_ENABLED"],
    {
      BACKUP_ID_IS_PRIMARY: z.strictObject({
        cause: z.literal("BACKUP_ID_IS_PRIMARY"),
        result: Initialized,
      }),
    },
  ),
  500: runFailure("InitializeFailed", "As Failed, with what became of both", { result: Initialized }),
};
const allDue = {
  200: answer("ScheduledBackupsAnswer", "Every backup that was due", ScheduledBackupsAnswer, {
    example: {
      ok: true,
      result: {
        scheduler,
        schedule,
        checkedAt: AT,
        skipped: false,
        results: [{ scope: "daily", status: "executed", result }],
      },
    },
  }),
  500: answer(
    "ScheduledBackupsFailed",
    "A wrong setting, what stood in the way at DatoCMS, or a backup that could not be made",
    ScheduledBackupsFailed,
  ),
};

const INITIALIZE = "Makes what today lacks of daily and weekly";
const ALL_DUE = "Makes every backup that is due today, whatever the hour";

export const docs: Docs = {
  "/api/jobs/daily-backup": job("dailyBackup", "daily"),
  "/api/jobs/weekly-backup": job("weeklyBackup", "weekly"),
  "/api/jobs/initialize": {
    tag: "jobs",
    get: { id: "initializeByGet", summary: INITIALIZE, answers: initialized },
    post: { id: "initialize", summary: INITIALIZE, request: asked, answers: { ...BODY, ...initialized } },
  },
  "/api/jobs/scheduled-backups": {
    tag: "jobs",
    get: { id: "scheduledBackupsByGet", summary: ALL_DUE, answers: allDue },
    post: { id: "scheduledBackups", summary: ALL_DUE, request: asked, answers: { ...BODY, ...allDue } },
  },
};
