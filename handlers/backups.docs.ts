import * as z from "zod";
import { SERVICE_NAME } from "../utils/healthContract.ts";
import { CopyId, Coverage, cadence, count, Instant, Line, text, timeliness } from "./words.ts";

/** Answers for people and scripts that only look. */

export const Alive = z.strictObject({
  ok: z.literal(true),
  service: z.literal(SERVICE_NAME),
  status: z.literal("ready"),
});

export const Ready = z
  .strictObject({ ok: z.literal(true), service: z.literal(SERVICE_NAME), status: z.literal("ready") })
  .meta({ description: "The settings can be used" });

export const Check = z.strictObject({
  ok: z.boolean(),
  verdict: z.enum(["ok", "warn", "fail"]),
  summary: text,
  lines: z.array(Line).min(1),
  checkedAt: Instant,
});

const stored = {
  environmentId: CopyId,
  cadence,
  date: z.iso.date(),
  takenAt: Instant,
  ageSeconds: count,
  totals: z.strictObject({ records: count, uploads: count }).nullable(),
};

export const StoredCopy = z
  .discriminatedUnion("state", [
    z.strictObject({ ...stored, state: z.enum(["ready", "superseded", "destroying"]) }),
    z.strictObject({
      ...stored,
      state: z.literal("creating"),
      percentage: z.number().nullable(),
      hangs: z.boolean(),
    }),
    z.strictObject({
      ...stored,
      state: z.literal("held"),
      because: z.enum(["changed", "forked"]),
      until: Instant,
    }),
  ])
  .meta({ description: "A copy of this service's; totals is null where it was not read" });

export const CadenceTimes = z
  .strictObject({
    enabled: z.boolean(),
    ...timeliness,
    nextBackupAt: Instant.nullable(),
    expectedIntervalSeconds: count,
  })
  .meta({ description: "One cadence" });

export const Inventory = z.strictObject({
  ok: z.literal(true),
  coverage: Coverage,
  cadences: z.record(cadence, CadenceTimes),
  copies: z.array(StoredCopy),
  others: count,
  otherNames: z.array(z.string()).optional(),
  room: z.strictObject({
    sandboxes: count,
    limit: z.union([count, z.literal("unlimited")]).nullable(),
    overageThreshold: count.nullable(),
  }),
  checkedAt: Instant,
});

export const RestoreStep = z
  .strictObject({
    number: count,
    dangerous: z.boolean(),
    title: text,
    text,
    calls: z.array(
      z.strictObject({
        method: z.enum(["GET", "POST", "PUT"]),
        path: text,
        environment: text.optional(),
        body: z.unknown().optional(),
        keep: z.record(z.string(), text).optional(),
      }),
    ),
  })
  .meta({ description: "One step, for a person and, with its DatoCMS calls, for a script" });

const environment = {
  id: text,
  lastDataChangeAt: Instant,
  records: count.optional(),
  uploads: count.optional(),
};

export const RestoreGuide = z.strictObject({
  ok: z.literal(true),
  project: z.strictObject({ name: z.string(), timezone: z.string().optional() }).optional(),
  environment: z.strictObject({ ...environment, ours: z.boolean(), createdAt: Instant }),
  primary: z.strictObject(environment),
  lostMs: count,
  restoredId: text,
  formerId: text,
  api: z.strictObject({
    url: z.url(),
    headers: z.record(z.string(), text),
    environment: text,
    keep: text,
  }),
  steps: z.array(RestoreStep).min(1),
  undo: z.array(RestoreStep).min(1),
  madeAt: Instant,
});

export const OpenApi = z
  .looseObject({ openapi: z.string().regex(/^3\.1\./), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ description: "This document" });
