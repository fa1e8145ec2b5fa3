import * as z from "zod";
import { greeting } from "./wire.ts";

/** What the installed plugin demands of answers before it believes them, written after its rules. */

const instant = z.iso.datetime();
const text = z.string().min(1);

function slot(scope: string) {
  return z.object({
    scope: z.literal(scope),
    executionMode: z.literal("lambda_cron"),
    lastBackupAt: instant.nullable(),
    nextBackupAt: instant.nullable(),
    dueNow: z.boolean().optional(),
  });
}

function hello(word: string) {
  const { mpi, service, status } = greeting(word);
  return {
    ok: z.literal(true),
    mpi: z.object({ message: z.literal(mpi.message), version: z.literal(mpi.version) }),
    service: z.literal(service),
    status: z.literal(status),
  };
}

const Status = z
  .object({
    ...hello("STATUS"),
    scheduler: z.object({
      provider: z.enum(["vercel", "netlify", "cloudflare", "unknown"]),
      cadence: z.enum(["hourly", "daily"]),
    }),
    slots: z.object({
      daily: slot("daily"),
      weekly: slot("weekly"),
      biweekly: slot("biweekly").optional(),
      monthly: slot("monthly").optional(),
    }),
    checkedAt: instant,
  })
  .superRefine(({ slots, checkedAt }, context) => {
    for (const each of Object.values(slots)) {
      if (each?.nextBackupAt == null || each.dueNow === true) continue;
      if (Date.parse(each.nextBackupAt) < Date.parse(checkedAt))
        context.addIssue(`${each.scope}: nextBackupAt lies in the past`);
    }
  });

const BackupNow = z.object({
  ...hello("BACKUP_NOW"),
  checkedAt: instant,
  backup: z.object({
    scope: z.enum(["daily", "weekly", "biweekly", "monthly"]),
    executionMode: z.literal("lambda_cron"),
    createdEnvironmentId: text,
    deletedEnvironmentId: text.nullable(),
    completedAt: instant,
  }),
});

function complaints(schema: z.ZodType, answer: unknown): string[] {
  const parsed = schema.safeParse(answer);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** @returns why the plugin would reject this status answer; nothing when it accepts it */
export function acceptsStatus(answer: unknown): string[] {
  return complaints(Status, answer);
}

/** @returns why the plugin would reject this answer to backup-now; nothing when it accepts it */
export function acceptsBackupNow(answer: unknown): string[] {
  return complaints(BackupNow, answer);
}
