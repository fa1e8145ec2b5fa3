import * as z from "zod/mini";
import type { ByHand } from "../services/backupService.ts";
import { CADENCES, type Cadence } from "../utils/config.ts";
import { greeting } from "../utils/healthContract.ts";
import { iso } from "./answers.ts";
import type { JsonObject } from "./body.ts";
import { continueAfterResponse } from "./continueAfterResponse.ts";
import { orThrow } from "./failures.ts";
import { runAnswer } from "./jobs.ts";
import { badRequest } from "./pluginRequest.ts";
import { type RequestContext, serviceFor } from "./requestContext.ts";
import { limitReused } from "./reused.ts";
import { runRequest } from "./runRequest.ts";

const Slot = z.nullish(z.object({ scope: z.optional(z.unknown()) }));

/** The patience of somebody who pressed a button, whatever the fork takes and the host allows. */
const ANSWER_MS = 30_000;

/** Makes a backup at once: for the plugin's button, and for anybody with curl. */
export async function backupNow(
  context: RequestContext,
  { cadence, forced, trigger }: BackupNowRequest,
): Promise<Response> {
  const service = serviceFor(context, { budgetMs: ANSWER_MS });
  const by = service.project.secrets.kind === "open" ? "anybody" : "holder";
  const outcome = orThrow(await service.backup({ cadence, forced, by, trigger }));
  limitReused(context, [outcome]);
  continueAfterResponse(context, [outcome], { by, trigger });
  const { result } = runAnswer(outcome);
  const checkedAt = iso(context.env.clock.now());
  return context.json({
    ...greeting("backupNow"),
    result,
    checkedAt,
    backup: {
      scope: cadence,
      executionMode: "lambda_cron",
      createdEnvironmentId: result.createdEnvironmentId,
      deletedEnvironmentId: result.deletedEnvironmentId,
      // The plugin wants an instant here; `result.state` tells whether the backup is ready or in the making.
      completedAt: "completedAt" in result ? result.completedAt : checkedAt,
    },
  });
}

interface BackupNowRequest {
  readonly cadence: Cadence;
  readonly forced: boolean;
  readonly trigger: ByHand["trigger"];
}

/** @throws ServiceError 400, 413 or 415 */
export async function backupNowRequest(context: RequestContext): Promise<BackupNowRequest> {
  const { body, forced } = await runRequest(context);
  return { cadence: scopeOf(body), forced, trigger: body?.slot ? "plugin" : "hand" };
}

/** The plugin names the cadence in `slot.scope`, a person in `scope`; where nobody names one it is daily. */
function scopeOf({ slot, scope }: JsonObject = {}): Cadence {
  const parsed = Slot.safeParse(slot);
  if (!parsed.success) throw badRequest("INVALID_SCOPE", "slot", "an object with a scope", slot);
  const [named] = [parsed.data?.scope, scope, "daily"].filter((each) => each !== undefined);
  const cadence = CADENCES.find((each) => each === named);
  if (cadence === undefined) throw badRequest("INVALID_SCOPE", "slot.scope", CADENCES.join(" | "), named);
  return cadence;
}
