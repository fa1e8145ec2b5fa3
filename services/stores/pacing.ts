import type { Clock } from "../../utils/clock.ts";

/** A body of which nothing comes for so long has broken off. */
const SILENCE_MS = 20_000;

/** The same answer, whose body rejects where nothing comes of it for too long. */
export function paced({ status, headers, body }: Response, clock: Clock): Response {
  if (body === null) return new Response(null, { status, headers });
  const reader = body.getReader();
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      const next = await inTime(reader.read(), clock).catch((error: unknown) => {
        reader.cancel().catch(() => {});
        throw error;
      });
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason: unknown) => reader.cancel(reason),
  };
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { status, headers });
}

async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const timer = new AbortController();
  const silence = clock.sleep(SILENCE_MS, timer.signal).then(() => {
    throw new Error(`Nothing for ${SILENCE_MS} ms`);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    silence.catch(() => {});
    // Without a reason the runtime makes an exception, with a stack, for every piece.
    timer.abort("over");
  }
}
