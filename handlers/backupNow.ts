import * as z from "zod/mini";
import { runBackup } from "../services/backupService.ts";
import { CADENCES } from "../utils/config.ts";
import { greeting } from "../utils/healthContract.ts";
import { iso } from "./answers.ts";
import type { JsonObject } from "./body.ts";
import { contextOf, type Exchange } from "./exchange.ts";
import { orThrow } from "./failures.ts";
import { goOn } from "./goOn.ts";
import { runAnswer } from "./jobs.ts";
import { invalid } from "./pluginRequest.ts";
import { limitReused } from "./reused.ts";
import { runRequest } from "./runRequest.ts";

const Slot = z.nullish(z.object({ scope: z.optional(z.unknown()) }));

/** Whoever pressed a button waits no longer, whatever the fork takes and the host allows. */
const ANSWER_MS = 30_000;

/** Makes a copy at once: for the plugin's button, and for anybody with curl. */
export async function backupNow(exchange: Exchange): Promise<Response> {
  const { body, forced } = await runRequest(exchange);
  const cadence = scopeOf(body);
  const context = contextOf(exchange, ANSWER_MS);
  const askedBy = exchange.var.access.kind === "open" ? "anybody" : "holder";
  const outcome = orThrow(await runBackup(context, { cadence, forced, askedBy }));
  limitReused(exchange, [outcome]);
  goOn(exchange, [outcome], askedBy);
  const { result } = runAnswer(outcome);
  const checkedAt = iso(context.clock.now());
  return exchange.json({
    ...greeting("backupNow"),
    result,
    checkedAt,
    backup: {
      scope: cadence,
      executionMode: "lambda_cron",
      createdEnvironmentId: result.createdEnvironmentId,
      deletedEnvironmentId: result.deletedEnvironmentId,
      // The plugin wants an instant here; `result.state` tells whether the copy is ready or in the making.
      completedAt: "completedAt" in result ? result.completedAt : checkedAt,
    },
  });
}

/** The plugin names the cadence in `slot.scope`, a person in `scope`; where nobody names one it is daily. */
function scopeOf({ slot, scope }: JsonObject = {}) {
  const parsed = Slot.safeParse(slot);
  if (!parsed.success) throw invalid("INVALID_SCOPE", "slot", "an object with a scope", slot);
  const [named] = [parsed.data?.scope, scope, "daily"].filter((each) => each !== undefined);
  const cadence = CADENCES.find((each) => each === named);
  if (cadence === undefined) throw invalid("INVALID_SCOPE", "slot.scope", CADENCES.join(" | "), named);
  return cadence;
}
