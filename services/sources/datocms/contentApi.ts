import {
  type Failure,
  failed,
  RATE_LIMITED,
  type Result,
  redirected,
  succeeded,
  UNEXPECTED_ANSWER,
  unavailable,
} from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import { failureOfRejection } from "../../datocms/calls.ts";
import { rejectionOf } from "../../datocms/rejection.ts";
import { type Answer, addressOf, type ContentApiOptions, exchange } from "./exchange.ts";

/** Reads raw documents of one environment: the official client's deserialiser would lose digits and members. */
export interface ContentApi {
  /**
   * @param path below the API's address: `/items`
   * @param query parameters, by their names in the address: `page[limit]`
   */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Result<Json>>;
  /** How many calls were made so far. */
  calls(): number;
}

/** One exchange may take this long, body included: nested pages of large records take seconds. */
const CALL_TIMEOUT_MS = 30_000;
/** A read is given up after this long, ms, and all reads are when none has been answered for so long. */
const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

type Attempt =
  | { readonly kind: "read"; readonly document: Json }
  /** Nothing usable came, which may be otherwise a moment later. */
  | { readonly kind: "later"; readonly failure: Failure; readonly waitMs?: number | undefined }
  | { readonly kind: "refused"; readonly failure: Failure };

/** Reads are tried again, with growing pauses, until two minutes have brought nothing but errors. */
export function createContentApi(options: ContentApiOptions): ContentApi {
  const { clock, pacing, signal } = options;
  let calls = 0;
  /** When the first of the reads began that have brought nothing since one was answered. */
  let silentSince: number | undefined;

  return {
    calls: () => calls,
    async get(path, query = {}) {
      const address = addressOf(options, path, query);
      const began = clock.monotonic();
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        await pacing.turn();
        if (signal?.aborted) return failed(INTERRUPTED);
        calls += 1;
        const sentAt = clock.monotonic();
        const giveUpAt = Math.min(began, silentSince ?? sentAt) + PATIENCE_MS;
        const timeoutMs = Math.min(CALL_TIMEOUT_MS, giveUpAt - sentAt);
        const attempt = attemptOf(await exchange(options, { method: "GET", address, timeoutMs }));
        silentSince = attempt.kind === "later" ? (silentSince ?? sentAt) : undefined;
        if (attempt.kind === "read") return succeeded(attempt.document);
        if (attempt.kind === "refused") return failed(attempt.failure);
        const wait = attempt.waitMs ?? pause;
        if (clock.monotonic() + wait >= giveUpAt) return failed(attempt.failure);
        if (attempt.waitMs === undefined) await clock.sleep(wait, signal);
        else pacing.pause(wait);
      }
    },
  };
}

function attemptOf(answer: Answer): Attempt {
  if (answer.kind === "silent") return { kind: "later", failure: unavailable() };
  const { status, document, reset } = answer;
  if (status >= 300 && status < 400) return { kind: "refused", failure: redirected(status) };
  if (status === 200)
    return document === undefined
      ? { kind: "later", failure: UNEXPECTED_ANSWER }
      : { kind: "read", document };
  const rejection = rejectionOf(status, reset, document);
  if (status === 429) return { kind: "later", failure: RATE_LIMITED, waitMs: rejection.resetMs ?? 1_000 };
  const failure = failureOfRejection(rejection);
  const mayPass = rejection.transient || status >= 500 || status < 400;
  return mayPass ? { kind: "later", failure } : { kind: "refused", failure };
}

/** Whoever asked has gone: the same command goes on from here. */
export const INTERRUPTED = unavailable();
