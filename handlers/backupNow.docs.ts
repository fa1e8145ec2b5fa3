import * as z from "zod";
import { greeting } from "../utils/healthContract.ts";
import { CopyName, cadence, Instant } from "./schemas/common.ts";
import { answer, body, type Docs, FORCE } from "./schemas/docs.ts";
import { AT, DAILY, FORMER, result } from "./schemas/examples.ts";
import { BODY_CODES, failure, RUN, SIZE } from "./schemas/failures.ts";
import { says } from "./schemas/plugin.ts";
import { force, Result } from "./schemas/runs.ts";

export const BackupNowRequest = z
  .looseObject({
    force,
    scope: cadence.optional(),
    slot: z.looseObject({ scope: cadence.optional() }).nullish(),
  })
  .meta({ description: "Which backup: slot.scope, else scope, else daily" });

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

const made = answer("BackupNow", "The backup", BackupNow, {
  example: {
    ...greeting("backupNow"),
    result,
    checkedAt: AT,
    backup: {
      scope: "daily",
      executionMode: "lambda_cron",
      createdEnvironmentId: DAILY,
      deletedEnvironmentId: FORMER,
      completedAt: AT,
    },
  },
});

export const docs: Docs = {
  "/api/datocms/backup-now": {
    tag: "plugin",
    get: {
      id: "backupNowDaily",
      summary: "Makes a daily backup at once",
      parameters: FORCE,
      answers: { 200: made, ...RUN },
    },
    post: {
      id: "backupNow",
      summary: "Makes a backup of any cadence at once",
      parameters: FORCE,
      request: body("BackupNowRequest", BackupNowRequest, { slot: { scope: "daily" } }, false),
      answers: {
        200: made,
        400: failure("WrongScope", "No JSON object, or no cadence", [...BODY_CODES, "INVALID_SCOPE"]),
        ...SIZE,
        ...RUN,
      },
    },
  },
};
