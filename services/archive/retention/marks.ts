import * as z from "zod";
import { mapped, type Result } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import { documentBytes } from "../../stores/document.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { PutOutcome, Store } from "../../stores/store.ts";

/** When each object was first found to be named by no archive: keys, and the store's time in ms since the epoch. */
export type Marks = ReadonlyMap<string, number>;

export interface StoredMarks {
  readonly marks: Marks;
  /** Of the version that was read; undefined where there is none. */
  readonly etag: string | undefined;
}

const MARKS_KEY = "trash/marks.json";
const Document = z.object({
  format: z.literal(1),
  marks: z.array(z.object({ at: z.int(), keys: z.array(z.string()) })),
});

/** Reads the marks. Damaged ones are none: then everything stays for another seven days. */
export async function readMarks(store: Store): Promise<Result<StoredMarks, StoreFailure>> {
  return mapped(await store.get(MARKS_KEY), (stored) => {
    const text = stored && new TextDecoder().decode(stored.bytes);
    const document = text === undefined ? undefined : Document.safeParse(parsedJson(text)).data;
    const entries = document?.marks.flatMap(({ at, keys }) => keys.map((key) => [key, at] as const));
    return { marks: new Map(entries), etag: stored?.etag };
  });
}

/** Writes the marks in the place of those that were read; `conflict` where another sweep has written its own since. */
export function writeMarks(
  store: Store,
  etag: string | undefined,
  marks: Marks,
): Promise<Result<PutOutcome, StoreFailure>> {
  const byTime = new Map<number, string[]>();
  for (const [key, at] of marks) {
    const keys = byTime.get(at);
    if (keys === undefined) byTime.set(at, [key]);
    else keys.push(key);
  }
  const document = { format: 1, marks: [...byTime].map(([at, keys]) => ({ at, keys })) };
  const bytes = documentBytes(document);
  return store.put(MARKS_KEY, bytes, etag === undefined ? { ifAbsent: true } : { ifMatch: etag });
}
