import type { Result } from "../../utils/failures.ts";

/** The value of what must not have failed. */
export function valueFrom<T>(result: Result<T, { readonly sentence: string }>): T {
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}
