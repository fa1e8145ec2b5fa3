import type { CadenceStatus } from "../services/backupService.ts";
import { byCadence, type Cadence } from "../utils/config.ts";
import { greeting } from "../utils/healthContract.ts";
import { iso, scheduleAnswer, schedulerAnswer } from "./answers.ts";
import { coverageAnswer, timelinessAnswer } from "./backups.ts";
import { orThrow } from "./failures.ts";
import { lookingService, type RequestContext } from "./requestContext.ts";

/** The plugin gives up after 10 s; answered by then, it can show what went wrong. */
const STATUS_MS = 8_000;

/** When each cadence was last backed up, and when it is next. */
export async function backupStatus(context: RequestContext): Promise<Response> {
  const { scheduler, schedule, checkedAt, slots, coverage, problems } = orThrow(
    await lookingService(context, STATUS_MS).status(),
  );
  return context.json({
    ...greeting("status"),
    scheduler: schedulerAnswer(context.env, scheduler),
    schedule: scheduleAnswer(schedule),
    slots: byCadence((cadence) => slotAnswer(cadence, slots[cadence])),
    coverage: coverageAnswer(coverage),
    problems,
    checkedAt: iso(checkedAt),
  });
}

function slotAnswer(
  scope: Cadence,
  { lastBackupAt, nextBackupAt, environmentId, timeliness, ...rest }: CadenceStatus,
) {
  return {
    scope,
    executionMode: "lambda_cron",
    lastBackupAt: lastBackupAt === undefined ? null : iso(lastBackupAt),
    nextBackupAt: nextBackupAt === undefined ? null : iso(nextBackupAt),
    environmentId: environmentId ?? null,
    ...timelinessAnswer(timeliness),
    ...rest,
  };
}
