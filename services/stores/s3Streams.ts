import { failed, type Result, succeeded } from "../../utils/failures.ts";
import type { Bytes } from "./body.ts";
import { OBJECT_CHANGED, type StoreFailure, StoreReadError, storeUnavailable } from "./failures.ts";
import { codeIn, failureIn, failureOf } from "./s3Answers.ts";
import { type S3Request, type Sender, TRIES } from "./s3Requests.ts";
import type { ByteRange } from "./store.ts";

/** An object that is being read. */
export interface Opened {
  /** Of the part that was asked for, in bytes. */
  readonly size: number;
  readonly headers: Headers;
  /** Rejects with a `StoreReadError`. */
  readonly pieces: AsyncGenerator<Bytes, void>;
  /** Lets go of an object that is not read after all. */
  release(): Promise<void>;
}

/**
 * Begins to read an object. A body that breaks off is taken up again where it broke, as long as the object is the same.
 */
export async function openObject(
  sender: Sender,
  key: string,
  range?: ByteRange,
): Promise<Result<Opened | undefined, StoreFailure>> {
  const answer = await sender.sendPatiently(reading(key, range));
  if (answer.kind === "silent") return failed(storeUnavailable(answer.why));
  const { response } = answer;
  const { status, headers } = response;
  if (status === 404) {
    const code = await codeIn(response);
    return code === "NoSuchKey" || code === undefined ? succeeded(undefined) : failed(failureOf(404, code));
  }
  if (!response.ok && status !== 416) return failed(await failureIn(response));
  const part = partIn(response, range);
  if (part === undefined) return failed(storeUnavailable("an answer without a size"));
  const { first, size } = part;
  const pieces = piecesOf(response, first, first + size, headers.get("etag") ?? "");
  return succeeded({ size, headers, pieces, release: () => letGo(response) });

  async function* piecesOf(begun: Response, from: number, end: number, etag: string) {
    let at = from;
    let current: Response | undefined = begun;
    for (let breaks = 0; at < end; ) {
      for await (const piece of untilBreak(current)) {
        // A server that sends more than it said is not believed.
        if (at + piece.byteLength > end)
          throw new StoreReadError(storeUnavailable("more bytes than it said"));
        at += piece.byteLength;
        breaks = 0;
        yield piece;
      }
      if (at === end) return;
      breaks += 1;
      if (breaks === TRIES) throw new StoreReadError(storeUnavailable("bodies that break off"));
      await sender.pause(breaks, { kind: "silent", why: "no connection" });
      current = await rest(at, end, etag);
    }
  }

  /** The rest of the same version; undefined where there is no answer. */
  async function rest(at: number, end: number, etag: string): Promise<Response | undefined> {
    const answer = await sender.sendPatiently(reading(key, { first: at, last: end - 1 }, etag));
    if (answer.kind === "silent") return undefined;
    const { response } = answer;
    if (response.status === 412 || response.status === 404) throw new StoreReadError(OBJECT_CHANGED);
    if (response.status !== 206) throw new StoreReadError(await failureIn(response));
    return response;
  }
}

function reading(key: string, range: ByteRange | undefined, etag?: string): S3Request {
  const headers = {
    ...(range !== undefined && { range: `bytes=${range.first}-${range.last ?? ""}` }),
    ...(etag !== undefined && { "if-match": etag }),
  };
  return { method: "GET", key, headers };
}

/** Which bytes an answer holds; undefined where it does not say so. */
function partIn({ status, headers }: Response, range: ByteRange | undefined) {
  // Nothing lies where the range begins.
  if (status === 416) return { first: 0, size: 0 };
  if (range !== undefined) {
    const [, first, last] = /^bytes (\d+)-(\d+)\/\d+$/.exec(headers.get("content-range") ?? "") ?? [];
    if (first === undefined || last === undefined) return undefined;
    return { first: Number(first), size: Number(last) - Number(first) + 1 };
  }
  const length = headers.get("content-length");
  return length === null ? undefined : { first: 0, size: Number(length) };
}

/** The pieces of a body up to its end, or to where it breaks off. */
async function* untilBreak(response: Response | undefined): AsyncGenerator<Bytes, void> {
  const reader = response?.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const next = await reader.read().catch(() => undefined);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function letGo({ body }: Response): Promise<void> {
  if (body?.locked === false) await body.cancel().catch(() => {});
}
