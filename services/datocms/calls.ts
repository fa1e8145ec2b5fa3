import { type Failure, failureError } from "../../utils/errors.ts";
import type { Allowance } from "./allowance.ts";
import { NoCallsLeft } from "./boundedFetch.ts";
import { type Rejection, readRejection } from "./client.ts";
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
 * Reads something from DatoCMS: retried with growing pauses as long as the invocation's patience lasts, a
 * rate limit waited out: up to the deadline once DatoCMS has answered anything, else for nine seconds.
 *
 * @throws ServiceError 500 with the cause, when DatoCMS refuses or cannot be reached
 */
export async function read<T>(allowance: Allowance, request: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const began = allowance.clock.monotonic();
    try {
      return await request();
    } catch (error) {
      const rejection = readRejection(error);
      if (rejection?.status === 429) {
        const wait = allowance.untilLifted(rejection.resetMs ?? (attempt + 1) * 1_000);
        if (wait >= allowance.limitPatienceLeft()) throw failureError(RATE_LIMITED);
        await allowance.sleep(wait);
        continue;
      }
      const failure = failureOf(error, rejection);
      if (!mayPass(error, rejection)) throw failureError(failure);
      allowance.lose(allowance.clock.monotonic() - began);
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
      if (pause >= Math.min(allowance.patienceLeft(), allowance.timeLeft())) throw failureError(failure);
      allowance.lose(pause);
      await allowance.sleep(pause);
    }
  }
}

/** Reads something that may not be there: undefined when DatoCMS says so. */
export async function readIfThere<T>(
  allowance: Allowance,
  request: () => Promise<T>,
): Promise<T | undefined> {
  return read(allowance, () =>
    request().catch((error) => {
      const rejection = readRejection(error);
      if (rejection !== undefined && has(rejection.codes, GONE)) return undefined;
      throw error;
    }),
  );
}

/** Reads something that the service can do without: one try, and undefined when it cannot be had in time. */
export async function readIfOffered<T>(
  allowance: Allowance,
  request: () => Promise<T>,
): Promise<T | undefined> {
  const isOver = new AbortController();
  const tooLate = allowance.clock.sleep(OPTIONAL_READ_MS, isOver.signal).then(() => undefined);
  const answer = await Promise.race([request().catch(() => undefined), tooLate]);
  isOver.abort();
  return answer;
}

/** Sends a request that changes something, once, and says what is known of its effect. */
export async function write<T>(allowance: Allowance, request: () => Promise<T>): Promise<WriteOutcome<T>> {
  const began = allowance.clock.monotonic();
  try {
    return { kind: "accepted", value: await request() };
  } catch (error) {
    const rejection = readRejection(error);
    const outcome = outcomeOf(allowance, error, rejection);
    if (outcome.kind === "unknown") allowance.lose(allowance.clock.monotonic() - began);
    return outcome;
  }
}

function outcomeOf(
  allowance: Allowance,
  error: unknown,
  rejection: Rejection | undefined,
): WriteOutcome<never> {
  const failure = failureOf(error, rejection);
  if (error instanceof NoCallsLeft) return { kind: "refused", failure };
  if (rejection === undefined) return { kind: "unknown", failure };
  const { status, codes, transient, resetMs } = rejection;
  if (codes.has("VALIDATION_UNIQUENESS")) return { kind: "taken" };
  if (has(codes, NO_ROOM)) return { kind: "no-room" };
  if (has(codes, GONE)) return { kind: "gone" };
  if (has(codes, [...NO_TOKEN, "INSUFFICIENT_PERMISSIONS"])) return { kind: "refused", failure };
  if (status === 429) return { kind: "busy", waitMs: allowance.untilLifted(resetMs ?? 1_000), failure };
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

/** What is wrong where DatoCMS's address redirects, and what to do. */
export const REDIRECTED = {
  sentence: "DatoCMS's address answered with a redirect, which is not followed.",
  advice: "See whether DATOCMS_CMA_BASE_URL is right, and what stands between this service and DatoCMS.",
} as const;

const RATE_LIMITED: Failure = {
  cause: "RATE_LIMITED",
  sentence: "DatoCMS allows no more calls at the moment (rate limit). The next run tries again.",
};

/** The cause of an error in our own words; nothing of the error's text is kept, for it may hold the token. */
function failureOf(error: unknown, rejection: Rejection | undefined): Failure {
  if (error instanceof NoCallsLeft)
    return {
      cause: "OUT_OF_CALLS",
      sentence: "This invocation has used up its DatoCMS calls; the next one goes on.",
    };
  if (error instanceof Redirected)
    return {
      cause: "DATOCMS_UNAVAILABLE",
      sentence: `${REDIRECTED.sentence} ${REDIRECTED.advice}`,
      facts: { datocmsStatus: error.status },
    };
  if (rejection === undefined)
    return {
      cause: "DATOCMS_UNAVAILABLE",
      sentence:
        "DatoCMS did not answer, or the connection broke. The next run looks at what exists and goes on.",
    };
  const { status, codes } = rejection;
  if (status === 429) return RATE_LIMITED;
  if (has(codes, NO_TOKEN))
    return {
      cause: "INVALID_API_TOKEN",
      sentence:
        "DatoCMS does not accept the API token. Put a valid one into DATOCMS_FULLACCESS_API_TOKEN and redeploy.",
    };
  if (codes.has("INSUFFICIENT_PERMISSIONS"))
    return {
      cause: "INSUFFICIENT_PERMISSIONS",
      sentence:
        "The API token's role may not do this. It must be able to manage environments and see all of them.",
    };
  const facts = { datocmsStatus: status, ...(codes.size > 0 && { datocmsCodes: [...codes].slice(0, 5) }) };
  if (has(codes, BUSY))
    return {
      cause: "DATOCMS_BUSY",
      sentence: "DatoCMS is at work on another environment of this project. The next run tries again.",
      facts,
    };
  return status >= 500 || status < 400
    ? {
        cause: "DATOCMS_UNAVAILABLE",
        sentence: "DatoCMS answered with an error of its own. The next run tries again.",
        facts,
      }
    : {
        cause: "DATOCMS_REFUSED",
        sentence: `DatoCMS refused the request (${[...codes][0] ?? status}).`,
        facts,
      };
}

function has(codes: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.some((code) => codes.has(code));
}
