import { type Clock, OVER } from "../../../utils/clock.ts";
import { type Json, parsedJson } from "../../../utils/json.ts";
import { limitedText } from "../../../utils/limitedText.ts";
import type { Pacing } from "./pacing.ts";

/** How DatoCMS is spoken to about the content of one environment. */
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
  /** Asked before each write: false where somebody else writes by now. Default: it may be sent. */
  readonly mayWrite?: (() => Promise<boolean>) | undefined;
}

/** One request, as it goes over the wire. */
export interface ContentRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly address: string;
  /** JSON. */
  readonly body?: string | undefined;
  readonly timeoutMs: number;
}

/** What came back. */
export type Answer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Undefined where it is no JSON. */
      readonly document: Json | undefined;
      /** The header `X-RateLimit-Reset`. */
      readonly reset: string | null;
    }
  /** No whole answer came: the request may have been carried out or not. */
  | { readonly kind: "silent" };

const DATOCMS = "https://site-api.datocms.com";
/** A page of 30 nested records of 300 KB each has 9 MB; none is larger than this. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * The address of a request.
 *
 * @param path below the API's address: `/items`
 * @param query parameters, by their names in the address: `page[limit]`
 */
export function addressOf(
  { baseUrl = DATOCMS }: Pick<ContentApiOptions, "baseUrl">,
  path: string,
  query: Readonly<Record<string, string>> = {},
): string {
  return `${baseUrl.replace(/\/$/, "")}${path}?${new URLSearchParams(query)}`;
}

/** Sends a request once. Follows no redirect: the token must not go elsewhere. */
export async function exchange(
  options: ContentApiOptions,
  { method, address, body, timeoutMs }: ContentRequest,
): Promise<Answer> {
  const { pacing, clock, signal } = options;
  const ended = new AbortController();
  const over = new AbortController();
  clock.sleep(timeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) ended.abort();
  });
  signal?.addEventListener("abort", () => ended.abort(), { signal: over.signal });
  try {
    const response = await options.fetch(address, {
      method,
      headers: headersFor(options, body),
      ...(body !== undefined && { body }),
      redirect: "manual",
      signal: ended.signal,
    });
    const { status, headers } = response;
    pacing.remaining(numberOf(headers.get("x-ratelimit-remaining")));
    const text = response.body === null ? "" : await limitedText(response.body, MAX_ANSWER_BYTES);
    const reset = headers.get("x-ratelimit-reset");
    return { kind: "answered", status, document: parsedJson(text ?? ""), reset };
  } catch {
    return { kind: "silent" };
  } finally {
    over.abort(OVER);
  }
}

function headersFor({ token, environment }: ContentApiOptions, body: string | undefined) {
  return {
    Authorization: `Bearer ${token}`,
    Accept: "application/json",
    "X-Api-Version": "3",
    "X-Environment": environment,
    ...(body !== undefined && { "Content-Type": "application/json" }),
  };
}

function numberOf(header: string | null): number | undefined {
  const number = Number.parseInt(header ?? "", 10);
  return Number.isNaN(number) ? undefined : number;
}
