import fc from "fast-check";
import { expect, test } from "vitest";
import { limitedText, TooLarge } from "../../utils/limitedText.ts";
import { holds } from "./properties.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A stream of these chunks, and what became of it. */
function streamOf(chunks: readonly Uint8Array[]) {
  const seen = { read: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[seen.read];
        if (chunk === undefined) return controller.close();
        seen.read += 1;
        controller.enqueue(chunk);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

test("reads a text that comes in pieces, also where a piece ends within a letter", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((each) => !each.startsWith("\ufeff"));
  await holds(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (given, size) => {
      const bytes = bytesOf(given);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.slice(index * size, (index + 1) * size),
      );
      expect(await limitedText(streamOf(chunks).stream, bytes.length)).toBe(given);
    }),
    300,
  );
});

test("takes exactly as many bytes as agreed, and not one more", async () => {
  await expect(limitedText(streamOf([bytesOf("1234")]).stream, 4)).resolves.toBe("1234");
  await expect(limitedText(streamOf([bytesOf("12345")]).stream, 4)).rejects.toThrow(TooLarge);
});

test("counts bytes, not letters", async () => {
  await expect(limitedText(streamOf([bytesOf("éé")]).stream, 3)).rejects.toThrow(TooLarge);
});

test("stops reading and lets the sender know as soon as there is too much", async () => {
  const { stream, seen } = streamOf(Array.from({ length: 100 }, () => bytesOf("1234")));
  await expect(limitedText(stream, 9)).rejects.toThrow(TooLarge);
  expect(seen).toEqual({ read: 3, cancelled: true });
});

test("is empty for an empty stream", async () => {
  await expect(limitedText(streamOf([]).stream, 0)).resolves.toBe("");
});

test("hands on what breaks the stream", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("The connection broke"));
    },
  });
  await expect(limitedText(stream, 10)).rejects.toThrow("The connection broke");
});

test("reads bytes that are no text without failing", async () => {
  await expect(limitedText(streamOf([new Uint8Array([0xff, 0x41])]).stream, 10)).resolves.toBe("\ufffdA");
});
