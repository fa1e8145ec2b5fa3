import type { AssetAnswer, AssetOutcome, AssetRequest } from "./content/uploads/assetHost.ts";
import { ASSETS_HOST } from "./content/uploads/resource.ts";

/** Where the bytes of uploads go in process; a host that is nobody's. */
export const STORAGE_HOST = "uploads.datocms-storage.example";

/** @returns whether a request is for the asset host or for the storage, not for the API */
export function isOfAssets(input: Parameters<typeof fetch>[0]): boolean {
  const address = input instanceof Request ? input.url : String(input);
  return [ASSETS_HOST, STORAGE_HOST].some((host) => address.startsWith(`https://${host}/`));
}

/**
 * Speaks for the asset host as a `fetch`.
 *
 * @returns a fetch that rejects with `TypeError: fetch failed` when the connection is cut before the body; a body
 *   that is cut later ends with an error
 */
export function inProcessAssetFetch(perform: (request: AssetRequest) => Promise<AssetOutcome>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, { ...init, ...(init?.body ? { duplex: "half" } : {}) });
    const { signal } = request;
    signal.throwIfAborted();
    const { pathname, searchParams } = new URL(request.url);
    const outcome = await Promise.race([
      perform({
        method: request.method,
        path: decodeURI(pathname),
        query: searchParams,
        headers: new Map(request.headers),
        body: new Uint8Array(await request.arrayBuffer()),
      }),
      aborted(signal),
    ]);
    if (outcome.kind === "answer") return responseOf(outcome);
    if (outcome.kind === "hung") return aborted(signal);
    throw new TypeError("fetch failed", { cause: cutConnection() });
  };
}

function responseOf({ status, headers, body, cutAfter }: AssetAnswer): Response {
  if (cutAfter === null)
    return new Response(status === 304 ? null : new Uint8Array(body), { status, headers });
  let isSent = false;
  const part = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (cutAfter > 0 && !isSent) {
        isSent = true;
        controller.enqueue(body.subarray(0, cutAfter));
      } else controller.error(new TypeError("terminated", { cause: cutConnection() }));
    },
  });
  return new Response(part, { status, headers });
}

function cutConnection(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
