import { failed, type Result, succeeded } from "./failures.ts";

/**
 * Does the same to each, several at a time.
 *
 * @param atOnce how many are under way at most
 * @returns the results in the order of `all`; the first failure, after which no more are begun
 */
export async function sideBySide<T, U, F>(
  all: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<Result<U, F>>,
): Promise<Result<U[], F>> {
  const results: U[] = [];
  const failures: F[] = [];
  const open = all.entries();
  const lane = async () => {
    for (const [place, one] of open) {
      const result = await work(one);
      if (result.ok) results[place] = result.value;
      else failures.push(result.failure);
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, lane));
  const [failure] = failures;
  return failures.length > 0 ? failed(failure as F) : succeeded(results);
}
