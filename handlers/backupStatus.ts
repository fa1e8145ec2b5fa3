import { type CadenceStatus, readStatus } from "../services/backupService.ts";
import type { Cadence } from "../utils/config.ts";
import { greeting } from "../utils/healthContract.ts";
import { iso, scheduleAnswer } from "./answers.ts";
import { callersOf, coverageAnswer, timelinessAnswer } from "./backups.ts";
import { jsonBody } from "./body.ts";
import { type Exchange, lookContextOf } from "./exchange.ts";
import { orThrow } from "./failures.ts";
import { checkPluginRequest } from "./pluginRequest.ts";

/** The plugin gives up after 10 s; answered by then, it can show what went wrong. */
const STATUS_MS = 8_000;

/** When each cadence was last backed up, and when it is next. */
export async function backupStatus(exchange: Exchange): Promise<Response> {
  checkPluginRequest("status", await jsonBody(exchange));
  const { provider, cadenceMode } = exchange.env;
  const { scheduler, schedule, checkedAt, slots, coverage, problems } = orThrow(
    await readStatus(lookContextOf(exchange, STATUS_MS), cadenceMode, callersOf(exchange.env).ticks),
  );
  return exchange.json({
    ...greeting("status"),
    scheduler: { provider, cadence: cadenceMode, ...scheduler },
    schedule: scheduleAnswer(schedule),
    slots: {
      daily: slotAnswer("daily", slots.daily),
      weekly: slotAnswer("weekly", slots.weekly),
      biweekly: slotAnswer("biweekly", slots.biweekly),
      monthly: slotAnswer("monthly", slots.monthly),
    },
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
