import * as z from "zod";
import { CopyId, Coverage, cadence, count, Instant, timeliness } from "./schemas/common.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { AT, coverage, DAILY, NEXT } from "./schemas/examples.ts";
import { DATOCMS } from "./schemas/failures.ts";

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
  .meta({ description: "A backup of this service's; totals is null where it was not read" });

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

const off = {
  enabled: false,
  timeliness: null,
  lateSince: null,
  nextBackupAt: null,
  expectedIntervalSeconds: 1_209_600,
};
const example = {
  ok: true,
  coverage,
  cadences: {
    daily: {
      enabled: true,
      timeliness: "on time",
      lateSince: null,
      nextBackupAt: NEXT,
      expectedIntervalSeconds: 86_400,
    },
    weekly: off,
    biweekly: off,
    monthly: off,
  },
  copies: [
    {
      environmentId: DAILY,
      cadence: "daily",
      date: "2026-03-07",
      takenAt: AT,
      ageSeconds: 7_200,
      state: "ready",
      totals: { records: 120, uploads: 15 },
    },
  ],
  others: 2,
  room: { sandboxes: 3, limit: 8, overageThreshold: null },
  checkedAt: AT,
};

export const docs: Docs = {
  "/api/backups": {
    tag: "looks",
    get: {
      id: "backups",
      summary: "What exists, and what can be returned to",
      parameters: ["format", "others"],
      answers: {
        200: answer("Inventory", "What exists", Inventory, { texts: ["text/plain"], example }),
        ...DATOCMS,
      },
    },
  },
};
