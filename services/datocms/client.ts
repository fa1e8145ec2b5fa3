import type { Client } from "@datocms/cma-client";
import { boundedFetch } from "./boundedFetch.ts";
import type { Budget } from "./budget.ts";
import { ApiError, buildClient } from "./libraryClient.ts";
import { type Rejection, rejectionOf } from "./rejection.ts";

/**
 * The part of the library's client that the service uses. Site, records and uploads are read by `request`: their
 * resources would cost a Worker 3 KiB (gzip) for three addresses.
 */
export type DatoClient = Pick<
  Client,
  "environments" | "jobResultsFetcher" | "plugins" | "publicInfo" | "request" | "subscriptionLimits" | "users"
>;

export interface ClientOptions {
  readonly token: string;
  /** Undefined means DatoCMS itself. */
  readonly baseUrl: string | undefined;
  /** Replaced where the API is served in process. */
  readonly fetch: typeof fetch;
  readonly budget: Budget;
  /** Whose content is read; undefined means the primary's. */
  readonly environment?: string;
}

/**
 * Builds the client for one invocation. It retries nothing by itself: with `autoRetry` it would re-send a
 * fork after a time-out, up to five times, and wait for rate limits without end.
 */
export function createClient(options: ClientOptions): DatoClient {
  const client: DatoClient = buildClient({
    apiToken: options.token,
    autoRetry: false,
    fetchFn: failingAsAnswer(boundedFetch(options.fetch, options.budget)),
    ...(options.baseUrl !== undefined && { baseUrl: options.baseUrl }),
    ...(options.environment !== undefined && { environment: options.environment }),
  });
  // A destroy is answered by a job that the client would poll with growing gaps (10 s where one call does);
  // whether an environment is gone is read from the list instead.
  client.jobResultsFetcher = async () => ({ id: "", type: "job_result", status: 200, payload: null });
  return client;
}

/**
 * A `fetch` that hands a failure over where the answer's body is read. The client starts a timer of 30 seconds
 * with each call and stops it when `fetch` has answered, but not where it has failed.
 */
function failingAsAnswer(fetchFn: typeof fetch): typeof fetch {
  return (input, init) =>
    fetchFn(input, init).catch((error: unknown) =>
      Object.assign(new Response(null), { json: () => Promise.reject(error) }),
    );
}

/** Reads an error of the client; undefined when it is not an answer of DatoCMS (a broken connection, say). */
export function readRejection(error: unknown): Rejection | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { status, headers, body } = error.response;
  return rejectionOf(status, headers["x-ratelimit-reset"], body);
}
