import type { Clock } from "../../utils/clock.ts";
import { inTime } from "../../utils/inTime.ts";

/** A body of which nothing comes for so long has broken off. */
const SILENCE_MS = 20_000;

/** The same answer, whose body rejects where nothing comes of it for too long. */
export function paced({ status, headers, body }: Response, clock: Clock): Response {
  if (body === null) return new Response(null, { status, headers });
  const reader = body.getReader();
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      const next = await nextOf(reader, clock).catch((error: unknown) => {
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

async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock) {
  const next = await inTime(reader.read(), SILENCE_MS, clock);
  if (next === undefined) throw new Error(`Nothing for ${SILENCE_MS} ms`);
  return next;
}
