import type { Content } from "../content.ts";
import type { Version } from "./item.ts";
import { problemsOf } from "./problems.ts";

const known = new WeakMap<Version, { readonly stamp: object; readonly isValid: boolean }>();

/**
 * Whether a body keeps the validators as they are today, whatever they were when it was written (facts 1.5).
 * Uniqueness is left out: another record would change it.
 */
export function isVersionValid(content: Content, modelId: string, version: Version): boolean {
  const before = known.get(version);
  if (before?.stamp === content.schemaStamp) return before.isValid;
  const isValid = problemsOf(content, modelId, version.values).length === 0;
  known.set(version, { stamp: content.schemaStamp, isValid });
  return isValid;
}
