import * as z from "zod/mini";
import {
  busy,
  type Failure,
  failed,
  INSUFFICIENT_PERMISSIONS,
  INVALID_API_TOKEN,
  OUT_OF_CALLS,
  RATE_LIMITED,
  type Result,
  redirected,
  refusedByDatoCms,
  succeeded,
  UNEXPECTED_ANSWER,
  unavailable,
} from "../../utils/failures.ts";
import { inTime } from "../../utils/inTime.ts";
import { NoCallsLeft } from "./boundedFetch.ts";
import type { Budget } from "./budget.ts";
import { readRejection } from "./client.ts";
import type { Rejection } from "./rejection.ts";
import { Redirected } from "./wholeAnswer.ts";

/** What came of a request that changes something. It was sent once; whoever sent it looks before it acts again. */
export type WriteOutcome<T = undefined> =
  | { readonly kind: "accepted"; readonly value: T }
  /** The new name exists already: somebody else was first. */
  | { readonly kind: "taken" }
  /** What should have been changed is not there. */
  | { readonly kind: "gone" }
  /** The plan has no place for another environment. */
  | { readonly kind: "no-room" }
  /** Not now: nothing happened. `waitMs` where DatoCMS says how long. */
  | { readonly kind: "busy"; readonly waitMs: number | undefined; readonly failure: Failure }
  /** Nothing happened, and asking again will not help. */
  | { readonly kind: "refused"; readonly failure: Failure }
  /** It may have happened or not. */
  | { readonly kind: "unknown"; readonly failure: Failure };

const NO_ROOM = ["PLAN_UPGRADE_REQUIRED", "LIMIT_REACHED", "TECHNICAL_LIMIT_REACHED"];
const NO_TOKEN = ["INVALID_AUTHORIZATION_HEADER", "INVALID_SITE"];
const BUSY = ["CONCURRENT_ENVIRONMENT_UPDATE", "CANNOT_DESTROY_FORKING_ORIGIN", "ENVIRONMENT_NOT_READY"];
const GONE = ["NOT_FOUND", "INVALID_ENVIRONMENT"];

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** What the service can do without is not worth a longer wait. */
const OPTIONAL_READ_MS = 1_000;

/**
 * Reads something from DatoCMS: retried with growing pauses as long as the budget has time for it, a rate
 * limit waited out: up to the deadline once DatoCMS has answered anything, else for nine seconds.
 *
 * @returns the cause, when DatoCMS refuses or cannot be reached
 */
export async function read<T>(budget: Budget, request: () => Promise<T>): Promise<Result<T>> {
  for (let attempt = 0; ; attempt += 1) {
    const began = budget.clock.monotonic();
    try {
      return succeeded(await request());
    } catch (error) {
      const rejection = readRejection(error);
      if (rejection?.status === 429) {
        const wait = budget.untilLifted(rejection.resetMs ?? (attempt + 1) * 1_000);
        if (wait >= budget.rateLimitWaitLeft()) return failed(RATE_LIMITED);
        await budget.sleep(wait);
        continue;
      }
      const failure = failureOf(error, rejection);
      if (!mayPass(error, rejection)) return failed(failure);
      budget.spendRetryTime(budget.clock.monotonic() - began);
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
      if (pause >= Math.min(budget.retryTimeLeft(), budget.timeLeft())) return failed(failure);
      budget.spendRetryTime(pause);
      await budget.sleep(pause);
    }
  }
}

/** Reads a document of a known form, with as much patience as `read`. */
export async function readAs<Schema extends z.ZodMiniType>(
  budget: Budget,
  request: () => Promise<unknown>,
  schema: Schema,
): Promise<Result<z.output<Schema>>> {
  const answer = await read(budget, request);
  return answer.ok ? parsedAs(answer.value, schema) : answer;
}

/** An answer of a known form; a failure where it has another. */
export function parsedAs<Schema extends z.ZodMiniType>(
  answer: unknown,
  schema: Schema,
): Result<z.output<Schema>> {
  const parsed = z.safeParse(schema, answer);
  return parsed.success ? succeeded(parsed.data) : failed(UNEXPECTED_ANSWER);
}

/** Reads something that may not be there: undefined when DatoCMS says so. */
export function readIfThere<T>(budget: Budget, request: () => Promise<T>): Promise<Result<T | undefined>> {
  return read<T | undefined>(budget, () =>
    request().catch((error) => {
      const rejection = readRejection(error);
      if (rejection !== undefined && has(rejection.codes, GONE)) return undefined;
      throw error;
    }),
  );
}

/** Reads something that the service can do without: one try, and undefined when it cannot be had in time. */
export async function readIfOffered<T>(budget: Budget, request: () => Promise<T>): Promise<T | undefined> {
  const offered = request().catch(() => undefined);
  return inTime(offered, OPTIONAL_READ_MS, budget.clock);
}

/** Sends a request that changes something, once, and says what is known of its effect. */
export async function write<T>(budget: Budget, request: () => Promise<T>): Promise<WriteOutcome<T>> {
  const began = budget.clock.monotonic();
  try {
    return { kind: "accepted", value: await request() };
  } catch (error) {
    const rejection = readRejection(error);
    const outcome = outcomeOf(budget, error, rejection);
    if (outcome.kind === "unknown") budget.spendRetryTime(budget.clock.monotonic() - began);
    return outcome;
  }
}

function outcomeOf(budget: Budget, error: unknown, rejection: Rejection | undefined): WriteOutcome<never> {
  const failure = failureOf(error, rejection);
  if (error instanceof NoCallsLeft) return { kind: "refused", failure };
  if (rejection === undefined) return { kind: "unknown", failure };
  const { status, codes, transient, resetMs } = rejection;
  if (codes.has("VALIDATION_UNIQUENESS")) return { kind: "taken" };
  if (has(codes, NO_ROOM)) return { kind: "no-room" };
  if (has(codes, GONE)) return { kind: "gone" };
  if (has(codes, [...NO_TOKEN, "INSUFFICIENT_PERMISSIONS"])) return { kind: "refused", failure };
  if (status === 429) return { kind: "busy", waitMs: budget.untilLifted(resetMs ?? 1_000), failure };
  if (has(codes, BUSY)) return { kind: "busy", waitMs: undefined, failure };
  // Below 400 the answer was something that is not the API's JSON: it may well have done what was asked.
  if (status >= 500 || status < 400) return { kind: "unknown", failure };
  return transient ? { kind: "busy", waitMs: undefined, failure } : { kind: "refused", failure };
}

/** Whether the same request may succeed later: DatoCMS did not judge it, or asks to try again. */
function mayPass(error: unknown, rejection: Rejection | undefined): boolean {
  // An address that sends its callers elsewhere still does so a moment later.
  if (error instanceof NoCallsLeft || error instanceof Redirected) return false;
  if (rejection === undefined) return true;
  if (has(rejection.codes, NO_TOKEN)) return false;
  return rejection.transient || rejection.status >= 500 || rejection.status < 400;
}

/** The cause of an error in our own words; nothing of the error's text is kept, for it may hold the token. */
function failureOf(error: unknown, rejection: Rejection | undefined): Failure {
  if (error instanceof NoCallsLeft) return OUT_OF_CALLS;
  if (error instanceof Redirected) return redirected(error.status);
  return rejection === undefined ? unavailable() : failureOfRejection(rejection);
}

/** The cause of an answer that is an error. */
export function failureOfRejection({ status, codes }: Rejection): Failure {
  if (status === 429) return RATE_LIMITED;
  if (has(codes, NO_TOKEN)) return INVALID_API_TOKEN;
  if (codes.has("INSUFFICIENT_PERMISSIONS")) return INSUFFICIENT_PERMISSIONS;
  const facts = { datocmsStatus: status, ...(codes.size > 0 && { datocmsCodes: [...codes].slice(0, 5) }) };
  if (has(codes, BUSY)) return busy(facts);
  if (status >= 500 || status < 400) return unavailable(facts);
  return refusedByDatoCms([...codes][0] ?? status, facts);
}

function has(codes: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.some((code) => codes.has(code));
}
