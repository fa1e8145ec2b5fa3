/** The place where Vercel's runtime keeps the context of the request under way. */
const REQUEST_CONTEXT = Symbol.for("@vercel/request-context");

interface RequestContexts {
  get?(): { waitUntil?(work: Promise<unknown>): void } | undefined;
}

/**
 * Keeps the function alive until some work is done, after its answer too, within its `maxDuration`. It is what
 * `waitUntil` of the package `@vercel/functions` does. Outside of Vercel the work goes on with the process.
 */
export function waitUntil(work: Promise<unknown>): void {
  const contexts: RequestContexts | undefined = Reflect.get(globalThis, REQUEST_CONTEXT);
  contexts?.get?.()?.waitUntil?.(work);
}
