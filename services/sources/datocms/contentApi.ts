import type { Clock } from "../../../utils/clock.ts";
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
import { type Json, parsedJson } from "../../../utils/json.ts";
import { limitedText } from "../../../utils/limitedText.ts";
import { failureOfRejection } from "../../datocms/calls.ts";
import { rejectionOf } from "../../datocms/rejection.ts";
import type { Pacing } from "./pacing.ts";

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

export interface ContentApiOptions {
  readonly token: string;
  /** Undefined means DatoCMS itself. */
  readonly baseUrl: string | undefined;
  readonly environment: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pacing: Pacing;
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
}

const DATOCMS = "https://site-api.datocms.com";
/** One exchange may take this long, body included: nested pages of large records take seconds. */
const CALL_TIMEOUT_MS = 30_000;
/** A page of 30 nested records of 300 KB each has 9 MB; none is larger than this. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
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
  const { clock, pacing, baseUrl = DATOCMS, signal } = options;
  let calls = 0;
  /** When the first of the reads began that have brought nothing since one was answered. */
  let silentSince: number | undefined;

  return {
    calls: () => calls,
    async get(path, query = {}) {
      const address = `${baseUrl.replace(/\/$/, "")}${path}?${new URLSearchParams(query)}`;
      const began = clock.monotonic();
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        await pacing.turn();
        if (signal?.aborted) return failed(INTERRUPTED);
        calls += 1;
        const sentAt = clock.monotonic();
        const giveUpAt = Math.min(began, silentSince ?? sentAt) + PATIENCE_MS;
        const attempt = await tryOnce(options, address, Math.min(CALL_TIMEOUT_MS, giveUpAt - sentAt));
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

async function tryOnce(options: ContentApiOptions, address: string, timeoutMs: number): Promise<Attempt> {
  const { pacing, clock, signal } = options;
  const ended = new AbortController();
  const over = new AbortController();
  clock.sleep(timeoutMs, over.signal).then(() => ended.abort());
  signal?.addEventListener("abort", () => ended.abort(), { signal: over.signal });
  try {
    const response = await options.fetch(address, {
      headers: headersFor(options),
      redirect: "manual",
      signal: ended.signal,
    });
    const { status, headers } = response;
    pacing.remaining(numberOf(headers.get("x-ratelimit-remaining")));
    if (status >= 300 && status < 400) return { kind: "refused", failure: redirected(status) };
    const text = response.body === null ? "" : await limitedText(response.body, MAX_ANSWER_BYTES);
    return attemptOf(status, headers.get("x-ratelimit-reset"), text ?? "");
  } catch {
    return { kind: "later", failure: unavailable() };
  } finally {
    over.abort();
  }
}

function headersFor({ token, environment }: ContentApiOptions): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    Accept: "application/json",
    "X-Api-Version": "3",
    "X-Environment": environment,
  };
}

function attemptOf(status: number, reset: string | null, text: string): Attempt {
  const document = parsedJson(text);
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

function numberOf(header: string | null): number | undefined {
  const number = Number.parseInt(header ?? "", 10);
  return Number.isNaN(number) ? undefined : number;
}

/** Whoever asked has gone: the same command goes on from here. */
const INTERRUPTED = unavailable();
