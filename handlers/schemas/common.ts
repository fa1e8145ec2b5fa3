import * as z from "zod";
import { CADENCES } from "../../utils/config.ts";
import { PROVIDERS } from "../../utils/platformAdapters.ts";

/** The schemas that many answers share. */

/** An enumeration of every value of a union: the compiler misses none and allows no other. */
export function everyOf<T extends string>(values: Readonly<Record<T, true>>) {
  return z.enum(Object.keys(values).filter((key): key is T => key in values));
}

export const cadence = z.enum(CADENCES);
export const provider = z.enum(PROVIDERS);
export const cronCadence = z.enum(["hourly", "daily"]);

export const text = z.string().min(1);
export const count = z.int().nonnegative();

const copyName = `^backup-plugin-(?:${CADENCES.join("|")})-\\d{4}-\\d{2}-\\d{2}`;

export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: "date-time", description: "UTC, with milliseconds" });

export const CopyName = z
  .string()
  .regex(new RegExp(`${copyName}$`))
  .meta({ description: "Name of a backup as it was made: cadence and UTC date" });

export const CopyId = z
  .string()
  .regex(new RegExp(`${copyName}(?:-superseded-\\d{9})?$`))
  .meta({ description: "Name of a backup as it is now: one that makes room for a newer one is marked" });

export const Coverage = z
  .strictObject({
    points: count,
    newestAt: Instant.nullable(),
    oldestAt: Instant.nullable(),
    largestGapSeconds: count.nullable(),
    sentence: text,
  })
  .meta({ description: "What can be returned to" });

/** The members that say if a cadence's backups come when they should. */
export const timeliness = {
  timeliness: z.enum(["on time", "late", "missing"]).nullable(),
  lateSince: Instant.nullable(),
};

export const PluginSchedule = z
  .strictObject({
    timezone: text,
    enabledCadences: z.array(cadence),
    anchorLocalDate: z.iso.date().nullable(),
  })
  .meta({ description: "Which cadences are made, and from which local day they count" });

export const Scheduler = z
  .union([
    z.strictObject({ provider, cadence: cronCadence, enabled: z.literal(true) }),
    z.strictObject({
      provider,
      cadence: cronCadence,
      enabled: z.literal(false),
      disconnectedAt: z.iso.datetime({ offset: true }),
    }),
    z.strictObject({
      provider,
      cadence: cronCadence,
      enabled: z.literal(false),
      pausedBy: z.literal("BACKUP_SCHEDULER"),
    }),
  ])
  .meta({ description: "The host, how often its cron comes, and whether scheduled runs may happen" });

export const Line = z
  .strictObject({
    level: z.enum(["ok", "warn", "fail"]),
    code: z.string().regex(/^[A-Z][A-Z_]+$/),
    sentence: text,
    advice: text.optional(),
  })
  .meta({ description: "One thing that was looked at" });
