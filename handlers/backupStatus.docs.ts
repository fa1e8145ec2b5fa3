import * as z from "zod";
import { greeting } from "../utils/healthContract.ts";
import {
  CopyId,
  CopyName,
  Coverage,
  cadence,
  count,
  Instant,
  Line,
  PluginSchedule,
  Scheduler,
  timeliness,
} from "./schemas/common.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { AT, coverage, DAILY, NEXT, schedule, scheduler } from "./schemas/examples.ts";
import { DATOCMS, PLUGIN_CALL } from "./schemas/failures.ts";
import { askedExample, asks, says } from "./schemas/plugin.ts";

export const StatusRequest = asks("status");

export const Slot = z
  .strictObject({
    scope: cadence,
    executionMode: z.literal("lambda_cron"),
    lastBackupAt: Instant.nullable(),
    nextBackupAt: Instant.nullable(),
    environmentId: CopyName.nullable(),
    ...timeliness,
    enabled: z.boolean(),
    dueNow: z.boolean(),
    state: z.enum(["ready", "creating", "missing"]),
    copies: count,
    held: z.array(CopyId),
    hanging: z.array(CopyId),
  })
  .meta({ description: "One cadence" });

export const Status = z.strictObject({
  ...says("status"),
  scheduler: Scheduler,
  schedule: PluginSchedule,
  slots: z.record(cadence, Slot),
  coverage: Coverage,
  problems: z.array(Line),
  checkedAt: Instant,
});

const slot = {
  executionMode: "lambda_cron",
  lastBackupAt: null,
  nextBackupAt: null,
  environmentId: null,
  timeliness: null,
  lateSince: null,
  enabled: false,
  dueNow: false,
  state: "missing",
  copies: 0,
  held: [],
  hanging: [],
};
const due = { ...slot, enabled: true, dueNow: true, timeliness: "missing", nextBackupAt: NEXT };
const made = { lastBackupAt: AT, environmentId: DAILY, timeliness: "on time", state: "ready", copies: 1 };

const example = {
  ...greeting("status"),
  scheduler,
  schedule,
  slots: {
    daily: { scope: "daily", ...due, ...made, dueNow: false },
    weekly: { scope: "weekly", ...due },
    biweekly: { scope: "biweekly", ...slot },
    monthly: { scope: "monthly", ...slot },
  },
  coverage,
  problems: [],
  checkedAt: AT,
};

const summary = "When each cadence was last backed up, and when it is next";

export const docs: Docs = {
  "/api/datocms/backup-status": {
    tag: "plugin",
    post: {
      id: "backupStatus",
      summary,
      request: body("StatusRequest", StatusRequest, askedExample("status")),
      answers: {
        200: answer("Status", summary, Status, { example }),
        ...PLUGIN_CALL,
        ...DATOCMS,
      },
    },
  },
};
