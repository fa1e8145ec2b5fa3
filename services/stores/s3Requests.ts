import { AwsV4Signer } from "aws4fetch";
import { type Clock, OVER } from "../../utils/clock.ts";
import { SERVICE_NAME } from "../../utils/healthContract.ts";
import { VERSION } from "../../utils/version.ts";
import { type Body, BodyError, type Checksums, checkedPieces, isBytes, lengthOf, streamOf } from "./body.ts";
import { percentEncoded } from "./keys.ts";
import { paced } from "./pacing.ts";

/** A bucket, and how it is reached. */
export interface S3Options {
  /** https, or this machine; without a slash at its end. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Of every key: empty, or ends with a slash. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** Default: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Of the body, where that is a stream. */
  readonly checksums?: Checksums;
}

/** An answer, or none: then what became of the request is not known. */
export type Answer =
  | { readonly kind: "answered"; readonly response: Response }
  | { readonly kind: "silent"; readonly why: "time-out" | "no connection" };

/** Sends signed requests to one bucket. */
export interface Sender {
  /**
   * Sends once.
   *
   * @throws BodyError where the body cannot be sent as it was said to be
   */
  send(request: S3Request): Promise<Answer>;
  /** Sends a request that may be repeated, until there is an answer of use or enough was tried. */
  sendPatiently(request: S3Request): Promise<Answer>;
  /** Waits before the next try: longer each time, and as long as the store asks for, within reason. */
  pause(tries: number, answer: Answer): Promise<void>;
}

/** Requests are tried so often; the pauses between them add up to about four seconds. */
export const TRIES = 4;
const FIRST_PAUSE_MS = 300;
/** The longest that a store may ask for between two tries. */
const LONGEST_PAUSE_MS = 10_000;
/** A store that is well begins to answer in a fraction of it. */
const ANSWER_MS = 15_000;
/** A body is given the time that a line of 1 Mbit/s needs. */
const BODY_BYTES_PER_MS = 125;

/** Of 500 and above: not implemented, and full. */
const FINAL = [501, 507];

/** Neither a success nor a refusal: the same request may fare better later. */
export function isTransient(answer: Answer): boolean {
  if (answer.kind === "silent" || isBusy(answer)) return true;
  const { status } = answer.response;
  return status >= 500 && !FINAL.includes(status);
}

/** The store has not looked at the request. */
export function isBusy(answer: Answer): boolean {
  return answer.kind === "answered" && answer.response.status === 429;
}

export function createSender(options: S3Options): Sender {
  const { clock, fetch, endpoint, bucket, prefix, region, accessKeyId, secretAccessKey } = options;
  return { send, sendPatiently, pause };

  async function send(request: S3Request): Promise<Answer> {
    const { method, body, checksums = {} } = request;
    const exchange = new AbortController();
    const timer = new AbortController();
    const time = ANSWER_MS + (body === undefined ? 0 : lengthOf(body) / BODY_BYTES_PER_MS);
    const timeOut = clock.sleep(time, timer.signal).then(() => {
      if (!timer.signal.aborted) exchange.abort();
      return { kind: "silent", why: "time-out" } as const;
    });
    let broken: BodyError | undefined;
    try {
      const headers = await sign(request);
      const payload = body === undefined || isBytes(body) ? body : streamOf(watched(body, checksums));
      const init = { method, headers, redirect: "manual", signal: exchange.signal, duplex: "half" } as const;
      const answered = fetch(urlOf(request), { ...init, ...(payload !== undefined && { body: payload }) });
      return await Promise.race([
        answered.then((response) => ({ kind: "answered", response: paced(response, clock) }) as const),
        timeOut,
      ]);
    } catch {
      if (broken !== undefined) throw broken;
      return { kind: "silent", why: "no connection" };
    } finally {
      timer.abort(OVER);
    }

    /** What breaks a body reaches `fetch` only as a broken connection. */
    async function* watched(body: Exclude<Body, Uint8Array>, sums: Checksums) {
      try {
        yield* checkedPieces(body, sums);
      } catch (error) {
        if (error instanceof BodyError) broken = error;
        throw error;
      }
    }
  }

  async function sendPatiently(request: S3Request): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await send(request);
      if (!isTransient(answer) || tries === TRIES) return answer;
      await pause(tries, answer);
    }
  }

  async function pause(tries: number, answer: Answer): Promise<void> {
    const asked = answer.kind === "answered" ? Number(answer.response.headers.get("retry-after")) * 1_000 : 0;
    if (answer.kind === "answered") answer.response.body?.cancel().catch(() => {});
    // Half of it by chance, so that writers who were refused together do not come back together.
    const own = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random());
    await clock.sleep(Math.min(LONGEST_PAUSE_MS, Math.max(own, Number.isFinite(asked) ? asked : 0)));
  }

  function urlOf({ key, query }: S3Request): string {
    const path = key === undefined ? [] : `${prefix}${key}`.split("/");
    const parameters = Object.entries(query ?? {}).map(([name, value]) => `${name}=${percentEncoded(value)}`);
    const address = [endpoint, bucket, ...path.map(percentEncoded)].join("/");
    return parameters.length === 0 ? address : `${address}?${parameters.join("&")}`;
  }

  /** Signature version 4. The body is signed only where its SHA-256 is known; Content-MD5 is signed always. */
  async function sign(request: S3Request): Promise<Headers> {
    const { method, headers, body } = request;
    const signer = new AwsV4Signer({
      method,
      url: urlOf(request),
      headers: { ...headers },
      accessKeyId,
      secretAccessKey,
      region,
      service: "s3",
      datetime: new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    });
    const signed = (await signer.sign()).headers;
    signed.set("user-agent", `${SERVICE_NAME}/${VERSION}`);
    // Sizes are told of what is stored.
    signed.set("accept-encoding", "identity");
    // Without it a stream would be sent in pieces of no told length, which S3 refuses.
    if (body !== undefined) signed.set("content-length", String(lengthOf(body)));
    return signed;
  }
}
