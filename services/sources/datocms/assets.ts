import { type Clock, OVER } from "../../../utils/clock.ts";
import { type Bytes, type StreamBody, streamOf } from "../../stores/body.ts";
import { type Resource, textOf } from "./resource.ts";

/** An upload's file: what DatoCMS says of it, before a byte was read. */
export interface Asset {
  readonly md5: string;
  /** In bytes. */
  readonly size: number;
  /** Where the original bytes are; undefined where that is no address of the project's asset host. */
  readonly url: string | undefined;
}

export interface AssetHost {
  /** The project's own: `site.imgix_host`. */
  readonly host: string;
  /** Replaces scheme and host of addresses: a local stand-in. */
  readonly baseUrl: string | undefined;
}

/** Images come optimised and SVG files cleaned unless the original is asked for. */
const ORIGINAL = { "skip-default-optimizations": "true", "svg-sanitize": "false" };
const MD5 = /^[0-9a-f]{32}$/;
/** A host that sends nothing for so long has hung up without saying so, ms. */
const IDLE_MS = 60_000;
/** A file whose connection is cut more often is begun anew. */
const MOST_BREAKS = 5;
const RESUME_PAUSE_MS = 1_000;

/** The file of an upload; undefined where DatoCMS does not say what it is. */
export function assetOf(upload: Resource, host: AssetHost): Asset | undefined {
  const { md5, size } = upload.attributes;
  if (typeof md5 !== "string" || !MD5.test(md5) || typeof size !== "number" || size < 0) return undefined;
  return { md5, size, url: originalUrl(textOf(upload, "url") ?? "", host) };
}

/** Only the asset host is asked, and by https: an address in an upload may name anything. */
function originalUrl(address: string, { host, baseUrl }: AssetHost): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== "https:" || url.host !== host) return undefined;
  for (const [name, value] of Object.entries(ORIGINAL)) url.searchParams.set(name, value);
  return baseUrl === undefined ? url.href : new URL(url.pathname + url.search, baseUrl).href;
}

/**
 * The bytes of a file, read when a store wants them. A connection that is cut is taken up where it broke off, where
 * the asset host still has the same bytes; what breaks off for good is an error of the stream.
 */
export function assetBody(
  { size, url }: Asset & { readonly url: string },
  fetchFn: typeof fetch,
  clock: Clock,
): StreamBody {
  return { length: size, open: () => streamOf(piecesOf({ size, url, fetch: fetchFn, clock })) };
}

interface AssetSource {
  readonly size: number;
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

async function* piecesOf(source: AssetSource): AsyncGenerator<Bytes, void> {
  let etag: string | undefined;
  let at = 0;
  for (let breaks = 0; at < source.size || breaks === 0; breaks += 1) {
    if (breaks > 0) await source.clock.sleep(RESUME_PAUSE_MS);
    const ended = new AbortController();
    const part = await within(source.clock, ended, ask(source, { at, etag, signal: ended.signal }));
    etag = part.etag;
    const reader = part.body.getReader();
    try {
      for (;;) {
        const read = await within(source.clock, ended, reader.read());
        if (read.done) break;
        at += read.value.byteLength;
        yield read.value;
      }
      if (at < source.size && breaks === MOST_BREAKS) return;
    } catch (error) {
      if (breaks === MOST_BREAKS) throw error;
    } finally {
      // Whoever reads may have had enough.
      reader.cancel().catch(() => {});
    }
  }
}

interface Part {
  readonly body: ReadableStream<Bytes>;
  readonly etag: string | undefined;
}

/** Asks for a file, or for the rest of it: that only of the same bytes. */
async function ask(
  { url, fetch }: AssetSource,
  { at, etag, signal }: { at: number; etag: string | undefined; signal: AbortSignal },
): Promise<Part> {
  const headers: Record<string, string> = { "Accept-Encoding": "identity" };
  if (at > 0) headers.Range = `bytes=${at}-`;
  if (at > 0 && etag !== undefined) headers["If-Range"] = etag;
  const response = await fetch(url, { headers, redirect: "manual", signal });
  const { status, body } = response;
  if (body === null || status !== (at > 0 ? 206 : 200)) {
    await body?.cancel();
    throw new Error(`The asset host answered ${status}`);
  }
  return { body, etag: response.headers.get("etag") ?? undefined };
}

/** Gives up what brings nothing for too long. */
async function within<T>(clock: Clock, ended: AbortController, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  clock.sleep(IDLE_MS, done.signal).then(() => {
    if (!done.signal.aborted) ended.abort();
  });
  try {
    return await work;
  } finally {
    done.abort(OVER);
  }
}
