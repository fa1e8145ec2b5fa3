import type { Clock } from "../utils/clock.ts";
import type { Answer, Outcome } from "./answer.ts";
import type { ApiRequest } from "./api.ts";

/** Statuses that `Response` refuses a body for. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/**
 * Speaks the API as a `fetch`. What has been sent goes on when the caller gives up, as on a real server.
 *
 * @returns a fetch that rejects with the signal's reason when that aborts, and with `TypeError: fetch failed`
 *   when the connection is cut
 */
export function inProcessFetch(
  perform: (request: ApiRequest) => Promise<Outcome>,
  clock: Clock,
): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    const outcome = await unlessAborted(perform(await requestOf(input, init)), signal);
    if (outcome.kind === "answer") return responseOf(outcome, clock, signal);
    if (outcome.kind === "hung") return unlessAborted(new Promise<never>(() => {}), signal);
    throw new TypeError("fetch failed", {
      cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    });
  };
}

async function requestOf(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<ApiRequest> {
  // A string body needs no Request: building one costs more than the rest of the call.
  if (!(input instanceof Request) && (typeof init?.body === "string" || init?.body == null)) {
    const { pathname, searchParams } = new URL(input);
    const headers = headersOf(init?.headers);
    const method = (init?.method ?? "GET").toUpperCase();
    return { method, path: pathname, query: searchParams, headers, body: init?.body ?? "" };
  }
  const request = new Request(input, init);
  const { pathname, searchParams } = new URL(request.url);
  const headers = new Map<string, string>(request.headers);
  return { method: request.method, path: pathname, query: searchParams, headers, body: await request.text() };
}

/** What every header of the service's calls consists of; whatever else there is, the runtime judges. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Headers by their names in lower case. */
function headersOf(given: HeadersInit | undefined): ReadonlyMap<string, string> {
  const isRecord = given !== undefined && !(given instanceof Headers) && !Array.isArray(given);
  const entries = isRecord ? Object.entries(given) : [];
  const isPlain = isRecord && entries.every(([name, value]) => /^[\w-]+$/.test(name) && PLAIN.test(value));
  return isPlain
    ? new Map(entries.map(([name, value]) => [name.toLowerCase(), value]))
    : new Map<string, string>(new Headers(given));
}

/** An answer whose text is known: its stream is made for whoever reads that. */
class AnswerAtHand extends Response {
  readonly #text: string;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(text: string, init: ResponseInit) {
    super(null, init);
    this.#text = text;
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stream ??= streamOf(this.#text);
    return this.#stream;
  }

  override text(): Promise<string> {
    return Promise.resolve(this.#text);
  }

  override async json(): Promise<unknown> {
    return JSON.parse(this.#text);
  }

  override clone(): Response {
    return new AnswerAtHand(this.#text, this);
  }
}

const utf8 = new TextEncoder();

/**
 * As much of a stream as whoever reads an answer to its end uses, `getReader` and `cancel`: a whole one takes as long as
 * the rest of the call. It can be no other answer's body.
 */
function streamOf(text: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = text === "" ? undefined : utf8.encode(text);
  const end = async () => {
    left = undefined;
  };
  const read = async () => {
    const value = left;
    left = undefined;
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const reader = { read, cancel: end, releaseLock: () => {} };
  return { getReader: () => reader, cancel: end } as unknown as ReadableStream<Uint8Array<ArrayBuffer>>;
}

function responseOf(answer: Answer, clock: Clock, signal: AbortSignal | null | undefined): Response {
  const { status, headers, body, bodyDelayMs } = answer;
  if (WITHOUT_BODY.has(status)) return new Response(null, { status, headers });
  if (bodyDelayMs === 0) return new AnswerAtHand(body, { status, headers });
  const late = new ReadableStream<Uint8Array>({
    async start(controller) {
      await clock.sleep(bodyDelayMs, signal ?? undefined);
      if (signal?.aborted) return controller.error(signal.reason);
      controller.enqueue(utf8.encode(body));
      controller.close();
    },
  });
  return new Response(late, { status, headers });
}

/** Rejects with the signal's reason as soon as it aborts. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
