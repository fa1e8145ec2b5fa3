import * as z from "zod";
import type { ScheduledRun } from "../services/backupService.ts";
import { Problem, Result, RunFailure, ScheduledResult } from "./copies.ts";
import { Failed, partialFailure } from "./errors.ts";
import { cadence, everyOf, Instant, PluginSchedule, Scheduler, text } from "./words.ts";

type Skip = Extract<ScheduledRun, { kind: "skipped" }>;

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
