import { BODY_BROKEN, CHECKSUM_MISMATCH, type StoreFailure } from "./failures.ts";
import { summing } from "./hashing.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** What is put into a store. */
export type Body = Bytes | StreamBody;

/** A body that is never whole in memory. */
export interface StreamBody {
  /** In bytes. */
  readonly length: number;
  /** Begins it anew: a put that is tried again reads it again. */
  open(): ReadableStream<Bytes> | Promise<ReadableStream<Bytes>>;
}

/** What is known of a body beforehand, in lower-case hex; a body of another sum is not stored. */
export interface Checksums {
  readonly md5?: string;
  readonly sha256?: string;
}

/** A body that cannot be stored, whatever the store does. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    super(failure.sentence);
    this.failure = failure;
  }
}

export function isBytes(body: Body): body is Bytes {
  return body instanceof Uint8Array;
}

export function lengthOf(body: Body): number {
  return isBytes(body) ? body.byteLength : body.length;
}

/** Whether bytes are those that their checksums were made of. */
export function isIntact(bytes: Bytes, checksums: Checksums): boolean {
  const sums = summing(checksums);
  sums.add(bytes);
  return sums.matches();
}

/**
 * The pieces of a stream of the length and the sums that were said of it. The last piece is held back until that is
 * known, so that nobody who counts bytes ever has the whole of a wrong body.
 *
 * @throws BodyError
 */
export async function* checkedPieces(body: StreamBody, checksums: Checksums): AsyncGenerator<Bytes, void> {
  const sums = summing(checksums);
  let size = 0;
  let last: Bytes | undefined;
  for await (const piece of sourceOf(body)) {
    size += piece.byteLength;
    if (size > body.length) throw new BodyError(BODY_BROKEN);
    sums.add(piece);
    if (last !== undefined) yield last;
    last = piece;
  }
  if (size !== body.length) throw new BodyError(BODY_BROKEN);
  if (!sums.matches()) throw new BodyError(CHECKSUM_MISMATCH);
  if (last !== undefined) yield last;
}

/** What the source of a body throws is not the store's. */
async function* sourceOf(body: StreamBody): AsyncGenerator<Bytes, void> {
  try {
    yield* await body.open();
  } catch {
    throw new BodyError(BODY_BROKEN);
  }
}

/** All bytes of a stream of this size. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>, size: number): Promise<Bytes> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const piece of stream) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes.subarray(0, at);
}

/**
 * A stream of what a generator makes, at the pace of its reader.
 *
 * @param release lets go of what the generator has not begun to read; called once more where that has ended
 */
export function streamOf(
  pieces: AsyncGenerator<Bytes, void>,
  release: () => Promise<void> = async () => {},
): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return();
        await release();
      },
    },
    { highWaterMark: 0 },
  );
}

/** @returns the bytes as a generator's one piece; none where they are empty */
export async function* onePiece(bytes: Bytes): AsyncGenerator<Bytes, void> {
  if (bytes.byteLength > 0) yield bytes;
}
