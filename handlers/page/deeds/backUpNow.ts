import type { Outcome } from "../../../services/backupService.ts";
import type { Clock, Stop } from "../../../utils/clock.ts";
import { CADENCES, type Cadence } from "../../../utils/config.ts";
import { failureOf, isSuccess } from "../../answers.ts";
import { continueAfterResponse } from "../../continueAfterResponse.ts";
import { BY_HAND } from "../../deeds.ts";
import { badRequest } from "../../pluginRequest.ts";
import { type RequestContext, serviceFor } from "../../requestContext.ts";
import { formOf } from "../form.ts";
import { type NoteCode, noteOf } from "./notes.ts";
import { back } from "./sent.ts";

/** Somebody waits until the backup has begun, which takes a second; the rest is seen on the overview. */
const ANSWER_MS = 30_000;
/** A run with so little left looks no more and answers. */
const END_MS = 1_000;

/**
 * POST /backups/now: begins a backup, and leads back to the overview as soon as DatoCMS is at work on it. The run is
 * seen through after the answer where the host lets it, else by the next tick.
 */
export async function backUpNow(context: RequestContext): Promise<Response> {
  const form = await formOf(context);
  const kind = form.get("kind");
  const cadence = CADENCES.find((each) => each === kind);
  if (cadence === undefined) throw badRequest("INVALID_SCOPE", "kind", CADENCES.join(" | "), kind);
  const service = serviceFor(context, { budgetMs: ANSWER_MS, ...untilBegun(context, cadence) });
  const made = await service.backup({ cadence, forced: false, ...BY_HAND });
  if (!made.ok) return back(context, noteOf(made.failure.cause));
  continueAfterResponse(context, [made.value], BY_HAND);
  return back(context, noteOn(made.value));
}

function noteOn(outcome: Outcome): NoteCode {
  if (!isSuccess(outcome)) return noteOf(failureOf(outcome).cause);
  if (outcome.kind === "creating") return "begun";
  return outcome.reused ? "reused" : "made";
}

/** Ends a run as soon as DatoCMS shows that it makes the backup of a kind. */
function untilBegun({ env: { clock, stop } }: RequestContext, cadence: Cadence) {
  const begun = new AbortController();
  let endsAt = Number.POSITIVE_INFINITY;
  return {
    stop: either(stop, { announced: begun.signal, deadline: () => endsAt }),
    onProgress(environmentId: string) {
      if (begun.signal.aborted || !environmentId.startsWith(`backup-plugin-${cadence}-`)) return;
      endsAt = endOf(clock);
      begun.abort();
    },
  };
}

function endOf(clock: Clock): number {
  return clock.monotonic() + END_MS;
}

/** The process's end, or another one that comes before it. */
function either(one: Stop | undefined, other: Stop): Stop {
  if (one === undefined) return other;
  return {
    announced: AbortSignal.any([one.announced, other.announced]),
    deadline: () => Math.min(one.deadline(), other.deadline()),
  };
}
