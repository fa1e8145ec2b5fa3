import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";

// Every instance of a function starts with this, so it imports as little as it can.

type Handle = (event: object, stream: PassThrough, context: object) => Promise<unknown>;

/** The beginning of an answer, as the bootstrap gives it to AWS Lambda, and its body. */
export interface LambdaAnswer {
  readonly meta: unknown;
  readonly body: Buffer;
}

/**
 * Loads a built function by Netlify's own bootstrap, and stands in for the part of AWS Lambda that it needs.
 *
 * @param entryPoint of the built function, a file URL
 * @param remainingMs the time limit, which the bootstrap hands on
 */
export async function loadFunction(
  entryPoint: string,
  remainingMs: number,
): Promise<(event: object) => Promise<LambdaAnswer>> {
  const metas = new WeakMap<PassThrough, unknown>();
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handle: Handle) => handle,
      HttpResponseStream: {
        from(stream: PassThrough, meta: unknown) {
          metas.set(stream, meta);
          return stream;
        },
      },
    },
  });
  const { handler }: { handler: Handle } = await import(entryPoint);
  return async (event) => {
    const stream = new PassThrough();
    const body = buffer(stream);
    await handler(event, stream, {
      awsRequestId: crypto.randomUUID(),
      getRemainingTimeInMillis: () => remainingMs,
    });
    return { meta: metas.get(stream), body: await body };
  };
}
