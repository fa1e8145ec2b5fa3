import type { Outcome } from "../services/backupService.ts";
import type { Cadence } from "../utils/config.ts";
import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

const MOST_IN_AN_HOUR = 6;
const HOUR_MS = 3_600_000;

/** When a process has answered with a backup that was there already, on the clock's monotonic scale. */
export type ReusedAnswers = Map<Cadence, number[]>;

/**
 * Counts the answers to runs by hand that made nothing, where anybody may ask for them.
 *
 * @throws ServiceError 429 `RATE_LIMITED` at the seventh of a cadence within an hour
 */
export function limitReused({ env, var: variables }: RequestContext, outcomes: readonly Outcome[]): void {
  const isReused = outcomes.every((outcome) => outcome.kind === "done" && outcome.reused);
  if (variables.access.kind !== "open" || !isReused) return;
  const { reusedAnswers } = env.processState;
  const now = env.clock.monotonic();
  const counts = outcomes.map(({ cadence }) => {
    const times = (reusedAnswers.get(cadence) ?? []).filter((at) => at > now - HOUR_MS);
    reusedAnswers.set(cadence, times);
    return { cadence, times };
  });
  for (const { cadence, times } of counts) {
    const [oldest = now] = times;
    if (times.length >= MOST_IN_AN_HOUR) throw tooOften(cadence, oldest + HOUR_MS - now);
  }
  for (const { times } of counts) times.push(now);
}

function tooOften(cadence: Cadence, waitMs: number): ServiceError {
  const minutes = Math.ceil(waitMs / 60_000);
  return new ServiceError(
    "RATE_LIMITED",
    429,
    `Today's ${cadence} backup is there; that was answered ${MOST_IN_AN_HOUR} times within the hour. Ask again in ${minutes} minutes, or set a shared secret.`,
    { retryAfterSeconds: Math.ceil(waitMs / 1_000), scope: cadence },
  );
}
