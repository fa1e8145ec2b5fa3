import * as z from "zod";
import {
  CALLS,
  CONTRACT_VERSION,
  greeting,
  HEALTH_PHASES,
  PLUGIN_NAME,
  type PluginCall,
} from "../utils/healthContract.ts";
import { Result } from "./copies.ts";
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
  text,
  timeliness,
} from "./words.ts";

/** What the plugin sends; members beyond these are let through. */
function asks(call: Exclude<PluginCall, "backupNow">, mpi: z.ZodRawShape = {}) {
  return z.looseObject({
    event_type: z.literal(CALLS[call].event),
    mpi: z.looseObject({
      message: z.literal(CALLS[call].ask),
      version: z.literal(CONTRACT_VERSION),
      ...mpi,
    }),
    plugin: z.looseObject({ name: z.literal(PLUGIN_NAME), environment: z.string().regex(/\S/) }),
  });
}

export const HealthRequest = asks("health", { phase: z.enum(HEALTH_PHASES) });
export const StatusRequest = asks("status");
export const DisconnectRequest = asks("disconnect");

const force = z.union([z.boolean(), z.string()]).optional();

export const RunRequest = z
  .looseObject({ force })
  .meta({ description: "Forced by true, or by a string that says so" });

export const BackupNowRequest = z
  .looseObject({
    force,
    scope: cadence.optional(),
    slot: z.looseObject({ scope: cadence.optional() }).nullish(),
  })
  .meta({ description: "Which copy: slot.scope, else scope, else daily" });

/** What every answer to the plugin begins with. */
function says(call: PluginCall) {
  const { mpi, service, status } = greeting(call);
  return {
    ok: z.literal(true),
    mpi: z.strictObject({ message: z.literal(mpi.message), version: z.literal(mpi.version) }),
    service: z.literal(service),
    status: z.literal(status),
  };
}

export const Health = z.strictObject(says("health"));

export const Disconnected = z.strictObject({
  ...says("disconnect"),
  scheduler: z.strictObject({ enabled: z.literal(false), disconnectedAt: Instant }),
  plugin: z.strictObject({ id: text }),
});

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

export const BackupNow = z.strictObject({
  ...says("backupNow"),
  result: Result,
  checkedAt: Instant,
  backup: z.strictObject({
    scope: cadence,
    executionMode: z.literal("lambda_cron"),
    createdEnvironmentId: CopyName,
    deletedEnvironmentId: CopyName.nullable(),
    completedAt: Instant,
  }),
});
