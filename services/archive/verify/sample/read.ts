import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { StoreFailure } from "../../../stores/failures.ts";
import type { Listed, Store } from "../../../stores/store.ts";
import { checkByName } from "../intact.ts";

/** What was read, and what of it is spoilt. */
export interface Read {
  readonly objects: number;
  readonly bytes: number;
  /** Keys. */
  readonly spoilt: readonly string[];
}

export const NOTHING_READ: Read = { objects: 0, bytes: 0, spoilt: [] };

/** Objects of up to 64 MiB are read side by side: not many, as a server has other work. */
const AT_ONCE = 2;

/** Reads objects and holds each against its name. One that was removed meanwhile is not there to be read. */
export async function readObjects(
  store: Store,
  objects: readonly Pick<Listed, "key" | "size">[],
): Promise<Result<Read, StoreFailure>> {
  const checked = await sideBySide(objects, AT_ONCE, async ({ key, size }) =>
    mapped(await checkByName(store, key), (is) => ({ key, size, is })),
  );
  return mapped(checked, (all) => {
    const read = all.filter(({ is }) => is === "intact" || is === "spoilt");
    return {
      objects: read.length,
      bytes: read.reduce((sum, { size }) => sum + size, 0),
      spoilt: read.filter(({ is }) => is === "spoilt").map(({ key }) => key),
    };
  });
}

/** Reads everything whose key begins so, a page at a time. */
export async function readShelf(store: Store, prefix: string): Promise<Result<Read, StoreFailure>> {
  let all = NOTHING_READ;
  for await (const page of pagesOf(store, prefix)) {
    if (!page.ok) return page;
    const read = await readObjects(store, page.value);
    if (!read.ok) return read;
    all = together(all, read.value);
  }
  return succeeded(all);
}

export function together(one: Read, other: Read): Read {
  return {
    objects: one.objects + other.objects,
    bytes: one.bytes + other.bytes,
    spoilt: [...one.spoilt, ...other.spoilt],
  };
}

/** What a store lists, page by page, so that a million objects are never in memory at once; ends with a failure. */
export async function* pagesOf(
  store: Store,
  prefix: string,
): AsyncGenerator<Result<readonly Listed[], StoreFailure>, void> {
  let cursor: string | undefined;
  do {
    const page = await store.list({ prefix, cursor });
    if (!page.ok) return yield page;
    yield succeeded(page.value.objects);
    cursor = page.value.cursor;
  } while (cursor !== undefined);
}
