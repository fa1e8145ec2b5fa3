import { CADENCES, type Cadence } from "../utils/config.ts";
import { nearest } from "../utils/nearest.ts";
import { adjective, KIND } from "../utils/words.ts";
import { usageError } from "./errors.ts";

/**
 * The kind of backup that somebody typed, in any case.
 *
 * @throws CommandError 2 `INVALID_USAGE`
 */
export function cadenceOf(word: string): Cadence {
  const typed = word.trim().toLowerCase();
  const cadence = CADENCES.find((each) => [each, KIND[each], adjective(each)].includes(typed));
  if (cadence !== undefined) return cadence;
  const meant = nearest(typed, CADENCES);
  const question = meant === undefined ? `Kinds are: ${CADENCES.join(", ")}.` : `Did you mean '${meant}'?`;
  throw usageError(`There is no kind of backup '${word}'. ${question}`, { expected: CADENCES });
}

/**
 * A day that somebody typed, as the first millisecond of it in UTC.
 *
 * @throws CommandError 2 `INVALID_USAGE`
 */
export function dayOf(flag: string, word: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(word) ? Date.parse(`${word}T00:00:00.000Z`) : Number.NaN;
  // A day that a month does not have is read as one of the next month, or as none.
  if (Number.isFinite(start) && new Date(start).toISOString().startsWith(word)) return start;
  throw usageError(`${flag} must be a day such as 2026-03-02, not '${word}'.`);
}

/** The services' advice for deployments, for somebody who changes a file and calls again. */
export function withoutRedeploy(sentence: string): string {
  return sentence.replace(/,?(?: then| and)? redeploy\b(?=[.,])/g, "");
}
