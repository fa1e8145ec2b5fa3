import * as z from "zod";
import {
  type Failure,
  INVALID_API_TOKEN,
  RATE_LIMITED,
  redirected,
  UNEXPECTED_ANSWER,
  unavailable,
} from "../../../utils/failures.ts";
import { formatJson, isJsonObject, type Json } from "../../../utils/json.ts";
import { failureOfRejection } from "../../datocms/calls.ts";
import { rejectionOf } from "../../datocms/rejection.ts";
import { INTERRUPTED } from "./contentApi.ts";
import { type Answer, addressOf, type ContentApiOptions, exchange } from "./exchange.ts";

/** Changes the content of one environment. */
export interface ContentWrites {
  /**
   * Sends a request and, where DatoCMS makes a job of it, waits for the job's end.
   *
   * @param path below the API's address: `/items`
   * @param body the JSON:API document; its numbers keep their digits
   */
  send(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    body?: Json,
    query?: Readonly<Record<string, string>>,
  ): Promise<Written>;
  /** How many calls were made so far. */
  calls(): number;
}

/** What came of a request that changes something. */
export type Written =
  | { readonly kind: "done"; readonly document: Json }
  /** Nothing was changed. */
  | { readonly kind: "refused"; readonly errors: readonly ApiError[] }
  /** It may have been carried out or not: look before it is sent again. */
  | { readonly kind: "unclear"; readonly failure: Failure }
  /** Nothing more can be written: the token is refused, the price plan is full, the caller has gone. */
  | { readonly kind: "stopped"; readonly failure: Failure };

/** One of the errors with which DatoCMS refuses a request. */
export interface ApiError {
  /** DatoCMS's code: `INVALID_FIELD`. */
  readonly code: string;
  /** The field that it names, and that field's own code: `VALIDATION_REQUIRED`. */
  readonly field?: string | undefined;
  readonly fieldCode?: string | undefined;
  readonly locale?: string | undefined;
}

const ApiErrors = z.object({
  data: z.array(
    z.object({
      attributes: z.object({
        code: z.string(),
        details: z
          .object({
            field: z.string().optional().catch(undefined),
            code: z.string().optional().catch(undefined),
            locale: z.string().optional().catch(undefined),
          })
          .catch({}),
      }),
    }),
  ),
});

const Job = z.object({ data: z.object({ id: z.string(), type: z.literal("job") }) });

const CALL_TIMEOUT_MS = 60_000;
/** So long a request is sent again that was refused for the moment: others are changing the same thing. */
const PATIENCE_MS = 120_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
/** A job of a large project takes minutes; asked for its result first after so long, ms. */
const FIRST_LOOK_MS = 200;
const LONGEST_JOB_MS = 15 * 60_000;
/** Refusals that pass by themselves. */
const FOR_THE_MOMENT = /^(?:CONCURRENT_\w+_UPDATE|BATCH_DATA_VALIDATION_IN_PROGRESS|ENVIRONMENT_NOT_READY)$/;
/** Refusals of everything that could be sent. */
const FOR_GOOD = [
  "INVALID_AUTHORIZATION_HEADER",
  "INVALID_SITE",
  "INSUFFICIENT_PERMISSIONS",
  "INVALID_ENVIRONMENT",
  "PLAN_UPGRADE_REQUIRED",
  "MAINTENANCE_MODE",
  "ENVIRONMENT_IN_READ_ONLY_MODE",
  "PRIMARY_ENVIRONMENT_SETTINGS_READ_ONLY",
  "DEACTIVATED_SITE",
];

type Attempt = Written | { readonly kind: "later"; readonly failure: Failure; readonly waitMs?: number };

/** A request is sent again only where DatoCMS says that it did nothing, and that this will pass. */
export function createContentWrites(options: ContentApiOptions): ContentWrites {
  const { clock, pacing, signal, mayWrite } = options;
  let calls = 0;

  async function once(
    method: "GET" | "POST" | "PUT" | "DELETE",
    address: string,
    body?: string,
  ): Promise<Answer | undefined> {
    await pacing.turn();
    if (method !== "GET" && (await mayWrite?.()) === false) return undefined;
    if (signal?.aborted) return undefined;
    calls += 1;
    return exchange(options, { method, address, body, timeoutMs: CALL_TIMEOUT_MS });
  }

  async function send(...[method, path, body, query]: Parameters<ContentWrites["send"]>): Promise<Written> {
    const address = addressOf(options, path, query);
    const text = body === undefined ? undefined : formatJson(body);
    const began = clock.monotonic();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = await once(method, address, text);
      if (answer === undefined) return { kind: "stopped", failure: INTERRUPTED };
      const attempt = attemptOf(answer);
      if (attempt.kind === "done") return jobIn(attempt.document, attempt);
      if (attempt.kind !== "later") return attempt;
      const wait = attempt.waitMs ?? pause;
      if (clock.monotonic() - began + wait > PATIENCE_MS)
        return { kind: "unclear", failure: attempt.failure };
      if (attempt.waitMs === undefined) await clock.sleep(wait, signal);
      else pacing.pause(wait);
    }
  }

  /** The result of the job that a document names; the document itself where it names none. */
  async function jobIn(document: Json, itself: Written): Promise<Written> {
    const job = Job.safeParse(document).data?.data.id;
    if (job === undefined) return itself;
    const address = addressOf(options, `/job-results/${encodeURIComponent(job)}`);
    const began = clock.monotonic();
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = await once("GET", address);
      // The job goes on without us.
      if (answer === undefined) return { kind: "unclear", failure: INTERRUPTED };
      const result = resultIn(answer);
      if (result !== undefined) return result;
      if (clock.monotonic() - began > LONGEST_JOB_MS) return { kind: "unclear", failure: unavailable() };
      await clock.sleep(pause, signal);
    }
  }

  return { send, calls: () => calls };
}

function attemptOf(answer: Answer): Attempt {
  if (answer.kind === "silent") return { kind: "unclear", failure: unavailable() };
  const { status, document, reset } = answer;
  if (status >= 300 && status < 400) return { kind: "stopped", failure: redirected(status) };
  if (status < 300) {
    if (document !== undefined) return { kind: "done", document };
    return status === 204
      ? { kind: "done", document: null }
      : { kind: "unclear", failure: UNEXPECTED_ANSWER };
  }
  const rejection = rejectionOf(status, reset, document);
  if (status === 429) return { kind: "later", failure: RATE_LIMITED, waitMs: rejection.resetMs ?? 1_000 };
  const failure = failureOfRejection(rejection);
  if (status >= 500) return { kind: "unclear", failure };
  if (status === 401) return { kind: "stopped", failure: INVALID_API_TOKEN };
  const codes = [...rejection.codes];
  if (rejection.transient || codes.some((code) => FOR_THE_MOMENT.test(code)))
    return { kind: "later", failure };
  if (codes.some((code) => FOR_GOOD.includes(code))) return { kind: "stopped", failure };
  return { kind: "refused", errors: errorsIn(document, status) };
}

/** What a job came to; undefined while it runs, which DatoCMS says with 404. */
function resultIn(answer: Answer): Written | undefined {
  if (answer.kind === "silent" || answer.status !== 200) return undefined;
  const data = isJsonObject(answer.document) ? answer.document.data : undefined;
  const attributes = isJsonObject(data) ? data.attributes : undefined;
  if (!isJsonObject(attributes)) return { kind: "unclear", failure: UNEXPECTED_ANSWER };
  const { status, payload = null } = attributes;
  const attempt = attemptOf({
    kind: "answered",
    status: typeof status === "number" ? status : 0,
    document: payload,
    reset: null,
  });
  return attempt.kind === "later" ? { kind: "unclear", failure: attempt.failure } : attempt;
}

function errorsIn(document: Json | undefined, status: number): ApiError[] {
  const errors = ApiErrors.safeParse(document).data?.data.map(({ attributes: { code, details } }) => ({
    code,
    field: details.field,
    fieldCode: details.code,
    locale: details.locale,
  }));
  return errors === undefined || errors.length === 0 ? [{ code: `HTTP_${status}` }] : errors;
}
