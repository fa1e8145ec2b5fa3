import * as z from "zod";
import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import { STORE_BUSY, type StoreFailure } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";
import type { ArchiveFailure } from "../failures.ts";
import { ERASED_UNREADABLE } from "./failures.ts";

/** Whatever is restored, searched or compared leaves these out. Their bytes go with the archives that hold them. */
export interface Erased {
  /** Ids. */
  readonly records: readonly Erasure[];
  readonly uploads: readonly Erasure[];
}

export interface Erasure {
  readonly id: string;
  /** ISO 8601. */
  readonly erasedAt: string;
}

/** What can be erased. */
export interface ErasedThing {
  readonly kind: "record" | "upload";
  readonly id: string;
}

const ERASED_KEY = "erased.json";
const erasure = z.object({ id: z.string(), erasedAt: z.iso.datetime() });
const Document = z.object({
  format: z.literal(1),
  records: z.array(erasure),
  uploads: z.array(erasure),
});
/** Writers who meet each other so often have a reason. */
const TRIES = 5;

interface Read {
  readonly erased: Erased;
  readonly etag: string | undefined;
}

/**
 * Reads what is not to be restored.
 *
 * @returns `ERASED_UNREADABLE` where nobody knows: then nothing may be restored
 */
export async function readErased(store: Store): Promise<Result<Erased, ArchiveFailure>> {
  return mapped(await read(store), ({ erased }) => erased);
}

/**
 * Notes that something is not to be restored any more.
 *
 * @param now ms since the epoch
 */
export async function noteErased(
  store: Store,
  { kind, id }: ErasedThing,
  now: number,
): Promise<Result<void, ArchiveFailure>> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await read(store);
    if (!found.ok) return found;
    const { erased, etag } = found.value;
    const list = kind === "record" ? "records" : "uploads";
    if (erased[list].some((each) => each.id === id)) return succeeded(undefined);
    const next = { ...erased, [list]: [...erased[list], { id, erasedAt: new Date(now).toISOString() }] };
    const written = await write(store, next, etag);
    if (!written.ok) return written;
    if (written.value) return succeeded(undefined);
  }
  return failed(STORE_BUSY);
}

async function read(store: Store): Promise<Result<Read, ArchiveFailure>> {
  const stored = await store.get(ERASED_KEY);
  if (!stored.ok) return stored;
  if (stored.value === undefined) return succeeded({ erased: { records: [], uploads: [] }, etag: undefined });
  const { bytes, etag } = stored.value;
  const { data } = Document.safeParse(parsedJson(new TextDecoder().decode(bytes)));
  return data === undefined ? failed(ERASED_UNREADABLE) : succeeded({ erased: data, etag });
}

/** @returns whether nobody else was faster */
async function write(
  store: Store,
  { records, uploads }: Erased,
  etag: string | undefined,
): Promise<Result<boolean, StoreFailure>> {
  const text = JSON.stringify({ format: 1, records, uploads }, undefined, 2);
  const bytes = new TextEncoder().encode(`${text}\n`);
  const put = await store.put(ERASED_KEY, bytes, etag === undefined ? { ifAbsent: true } : { ifMatch: etag });
  return mapped(put, ({ kind }) => kind === "written");
}
