import * as z from "zod";
import type { Clock } from "../../../../utils/clock.ts";
import type { Json } from "../../../../utils/json.ts";
import { tokenUrl } from "../../../../utils/settings/kinds.ts";
import {
  BodyError,
  type Bytes,
  bytesOf,
  checkedPieces,
  isBytes,
  type StreamBody,
  streamOf,
} from "../../../stores/body.ts";

/** An address that takes the bytes of one file, and what it wants beside them. */
export interface UploadRequest {
  /** The file's path, to be named where an upload is made of it. */
  readonly path: string;
  readonly url: string;
  readonly headers: Headers;
}

/** What came of bytes that were to be sent. */
export type Sent =
  | { readonly kind: "sent" }
  /** The source does not hold the bytes that it should: nothing of use was sent. */
  | { readonly kind: "spoilt" }
  /** The storage did not take them. */
  | { readonly kind: "not taken" };

/** A file that is ready to be sent: whole where it is small, else read as it goes. */
export type Payload = Bytes | StreamBody;

/** How the storage is reached. */
export interface StorageLine {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** Files up to this size are checked in memory before anything of them is sent. */
const MOST_IN_MEMORY = 8 * 1024 * 1024;
/** A storage that takes nothing for so long, or does not answer, has hung up without saying so, ms. */
const IDLE_MS = 60_000;

const headerText = z.union([z.string(), z.number().transform(String)]);
const UploadRequestDocument = z.object({
  data: z.object({
    id: z.string().min(1),
    attributes: z.object({
      // Whoever can read what goes there has the file.
      url: z.string().refine((url) => z.safeParse(tokenUrl.schema, url).success),
      request_headers: z.record(z.string(), headerText).transform((named, context) => {
        try {
          return new Headers(named);
        } catch {
          context.addIssue("These are no headers.");
          return z.NEVER;
        }
      }),
    }),
  }),
});

/** Understands the answer to `POST /upload-requests`; undefined where it names no address that may be used. */
export function uploadRequestIn(document: Json): UploadRequest | undefined {
  const data = UploadRequestDocument.safeParse(document).data?.data;
  return data && { path: data.id, url: data.attributes.url, headers: data.attributes.request_headers };
}

/**
 * Reads a small file and checks it, so that nothing is asked for that a spoilt one would be sent to.
 *
 * @param md5 of the file, in lower-case hex
 * @returns undefined where its bytes are not those that they should be
 */
export async function payloadOf(body: StreamBody, md5: string): Promise<Payload | undefined> {
  if (body.length > MOST_IN_MEMORY) return body;
  try {
    return await bytesOf(checkedPieces(body, { md5 }), body.length);
  } catch (error) {
    if (error instanceof BodyError) return undefined;
    throw error;
  }
}

/**
 * Sends a file once. A large one is never whole in memory; the last of its bytes are sent only when all of them were
 * seen to be right.
 *
 * @param md5 of the file, in lower-case hex
 */
export async function sendFile(
  { url, headers: named }: UploadRequest,
  payload: Payload,
  md5: string,
  { fetch, clock }: StorageLine,
): Promise<Sent> {
  const watch = idleWatch(clock);
  let isSpoilt = false;
  async function* checked(body: StreamBody): AsyncGenerator<Bytes, void> {
    try {
      for await (const piece of checkedPieces(body, { md5 })) {
        watch.seen();
        yield piece;
      }
    } catch (error) {
      // What breaks a body reaches `fetch` only as a broken connection.
      isSpoilt = error instanceof BodyError;
      throw error;
    }
  }
  const headers = new Headers(named);
  // Without it a stream would be sent in pieces of no told length, which storages of S3's kind refuse.
  if (!isBytes(payload)) headers.set("content-length", String(payload.length));
  const body = isBytes(payload) ? payload : streamOf(checked(payload));
  const { signal } = watch;
  try {
    const init = { method: "PUT", headers, redirect: "manual", duplex: "half", signal } as const;
    const response = await fetch(url, { ...init, body });
    response.body?.cancel().catch(() => {});
    return { kind: response.ok ? "sent" : "not taken" };
  } catch {
    return { kind: isSpoilt ? "spoilt" : "not taken" };
  } finally {
    watch.end();
  }
}

/** Ends what makes no progress. */
function idleWatch(clock: Clock): { readonly signal: AbortSignal; seen(): void; end(): void } {
  const idle = new AbortController();
  const over = new AbortController();
  let seenAt = clock.monotonic();
  const watch = async () => {
    while (!over.signal.aborted) {
      const left = seenAt + IDLE_MS - clock.monotonic();
      if (left <= 0) return idle.abort();
      await clock.sleep(left, over.signal);
    }
  };
  void watch();
  return {
    signal: idle.signal,
    seen() {
      seenAt = clock.monotonic();
    },
    end: () => over.abort(),
  };
}
