import { type Result, succeeded } from "../../utils/failures.ts";
import type { StoreFailure } from "./failures.ts";
import type { Listed, Store } from "./store.ts";

/** Lists every object whose key begins with `prefix`, page after page. */
export async function listAll(store: Store, prefix: string): Promise<Result<Listed[], StoreFailure>> {
  const found: Listed[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ prefix, cursor });
    if (!page.ok) return page;
    found.push(...page.value.objects);
    cursor = page.value.cursor;
  } while (cursor !== undefined);
  return succeeded(found);
}
