import type { Clock } from "../../../utils/clock.ts";
import type { StreamBody } from "../../stores/body.ts";
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

/** The bytes of a file, read when a store wants them; what breaks off is an error of the stream. */
export function assetBody(
  { size, url }: Asset & { readonly url: string },
  fetchFn: typeof fetch,
  clock: Clock,
): StreamBody {
  return {
    length: size,
    async open() {
      const ended = new AbortController();
      const idle = idleTimer(clock, () => ended.abort());
      idle.restart();
      try {
        const response = await fetchFn(url, {
          headers: { "Accept-Encoding": "identity" },
          redirect: "manual",
          signal: ended.signal,
        });
        if (response.status !== 200 || response.body === null) {
          await response.body?.cancel();
          throw new Error(`The asset host answered ${response.status}`);
        }
        return response.body.pipeThrough(
          new TransformStream({
            transform(piece, controller) {
              idle.restart();
              controller.enqueue(piece);
            },
            flush: idle.stop,
          }),
        );
      } catch (error) {
        idle.stop();
        throw error;
      }
    },
  };
}

function idleTimer(clock: Clock, onIdle: () => void) {
  let timer = new AbortController();
  return {
    restart() {
      timer.abort();
      const mine = new AbortController();
      timer = mine;
      clock.sleep(IDLE_MS, mine.signal).then(() => {
        if (!mine.signal.aborted) onIdle();
      });
    },
    stop: () => timer.abort(),
  };
}
