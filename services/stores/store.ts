import type { Result } from "../../utils/failures.ts";
import type { Body, Bytes, Checksums } from "./body.ts";
import type { StoreFailure } from "./failures.ts";

/**
 * The one port to bytes outside of DatoCMS: objects under keys. The same for every driver, and held by one suite:
 *
 * - An object is there as a whole or not at all. A put that fails, is refused, or dies with its process leaves what was
 *   there before; what it had written by then is never listed and is removed later.
 * - What a put has answered as written survives a crash of the process and of the machine.
 * - A reader sees one version from its first byte to its last, or an error; never a mixture.
 * - Nothing throws: what went wrong is a value, whose `isPermanent` says whether asking again can help. Only a stream
 *   that has been handed out rejects, with a `StoreReadError`.
 * - Drivers repeat by themselves what may be repeated (reads, deletes, puts without a condition), a few times and with
 *   pauses. A put with a condition whose answer was lost is never simply sent again: the driver looks first.
 * - All times are the store's own clock, ms since the epoch: those of one store can be compared with each other.
 * - Keys are what `isKey` takes. A key is an object or the beginning of others, never both.
 */
export interface Store {
  /** Where it is, for people: without credentials. */
  readonly name: string;

  /**
   * Writes an object, in place of the one that may be there.
   *
   * Without a condition it is idempotent and the last writer wins. `conflict` says that what is there now is not what
   * was to be written; after a lost answer it also stands for "written, and since replaced by somebody else".
   *
   * `STORE_UNAVAILABLE` from a put with a condition may mean that it was written: look before acting again.
   *
   * @param body bytes, 64 MiB at most; or a stream of known length, for assets, in constant memory
   */
  put(key: string, body: Body, options?: PutOptions): Promise<Result<PutOutcome, StoreFailure>>;

  /** Reads an object of 64 MiB at most; undefined where there is none. */
  get(key: string): Promise<Result<Stored | undefined, StoreFailure>>;

  /**
   * Reads an object of any size, or a part of it, in constant memory; undefined where there is none. The stream has to
   * be read or cancelled.
   */
  stream(key: string, range?: ByteRange): Promise<Result<Streamed | undefined, StoreFailure>>;

  /** Looks at an object without reading it; undefined where there is none. */
  head(key: string): Promise<Result<Facts | undefined, StoreFailure>>;

  /** Lists objects in the order of their keys' UTF-8 bytes. An object that is put or deleted meanwhile may be in it. */
  list(query: ListQuery): Promise<Result<Page, StoreFailure>>;

  /** Deletes objects. Idempotent: one that is not there counts as deleted. After a failure some may be gone. */
  delete(keys: readonly string[]): Promise<Result<void, StoreFailure>>;
}

/** The object must be absent, or of this version, or the put is refused; the checksums are those of the whole body. */
export type PutOptions = Checksums &
  (
    | { readonly ifAbsent?: never; readonly ifMatch?: never }
    | { readonly ifAbsent: true; readonly ifMatch?: never }
    | { readonly ifAbsent?: never; readonly ifMatch: string }
  );

export type PutOutcome =
  | { readonly kind: "written"; readonly etag: string }
  /** The condition did not hold: nothing was written. */
  | { readonly kind: "conflict" };

/** What is known of an object. */
export interface Facts {
  /** In bytes. */
  readonly size: number;
  /** When it was written. */
  readonly modifiedAt: number;
  /** The store's time when it answered. */
  readonly readAt: number;
}

export interface Stored extends Facts {
  readonly bytes: Bytes;
  /** Names this version, for `ifMatch`. Two versions of the same bytes may have the same one. */
  readonly etag: string;
}

export interface Streamed {
  /** Of the part that was asked for, in bytes. */
  readonly size: number;
  readonly body: ReadableStream<Bytes>;
}

/** Bytes from the first to the last, both included, counted from 0. What lies beyond the end is left out. */
export interface ByteRange {
  readonly first: number;
  /** Default: the object's end. */
  readonly last?: number;
}

export interface ListQuery {
  /** What the keys begin with; default: all. */
  readonly prefix?: string;
  /** A page's `cursor`: goes on behind it. Any key will do. */
  readonly cursor?: string | undefined;
  /** 1 to 1,000, the default. */
  readonly limit?: number;
}

export interface Page {
  readonly objects: readonly Listed[];
  /** Where the next page begins; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface Listed {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: number;
}

const MIB = 1024 * 1024;
/** The largest object but for assets: what one invocation of any host can hold in memory. */
export const MOST_OBJECT_BYTES = 64 * MIB;
/** A page of S3's, and so everybody's. */
export const MOST_LISTED = 1_000;
