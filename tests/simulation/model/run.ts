import fc from "fast-check";
import { history } from "./histories.ts";
import { playHistory } from "./history.ts";
import { missed, type Reach, tableOf } from "./reach.ts";

/** A failing history is made smaller for so long, ms. */
const SHRINK_MS = Number(process.env.HISTORY_SHRINK_MS ?? 20_000);
/** Of 10 000 histories, at least so many should meet each thing that matters. */
const LEAST_OF_10_000 = Number(process.env.HISTORY_LEAST ?? 90);
/** Fewer histories are judged by the rules alone: what is rare may be missing among them. */
const TELLING = 1_000;

export interface Asked {
  readonly seed: number;
  readonly histories: number;
  /** What the histories meet is counted here. */
  readonly reach: Reach;
  /** What is met too rarely fails, and is not only shown: with seeds that are not CI's, luck decides. */
  readonly mustReach: boolean;
  /** Ends the search early, with what there is. */
  readonly until?: number;
}

/**
 * Plays histories until one breaks a rule.
 *
 * @throws Error with the rule, the seed and the smallest such history's trace; or with what was not met often
 * enough, so that the histories prove nothing about it
 */
export async function provesItself({
  seed,
  histories,
  reach,
  mustReach,
  until = Number.POSITIVE_INFINITY,
}: Asked): Promise<string> {
  // Errors are part of most histories, and their stacks cost more than all else in them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const began = performance.now();
  let shrinksUntil: number | undefined;
  let played = 0;
  const isOver = () => Date.now() > Math.min(until, shrinksUntil ?? until);
  const result = await fc.check(
    fc.asyncProperty(history, async (tried) => {
      if (isOver()) return;
      if (shrinksUntil === undefined) played += 1;
      const { breaches } = await playHistory(tried, shrinksUntil === undefined ? reach : new Map());
      if (breaches.length === 0) return;
      shrinksUntil ??= Date.now() + SHRINK_MS;
      throw new Error(breaches[0]?.rule);
    }),
    { seed, numRuns: histories },
  );
  Error.stackTraceLimit = stackTraceLimit;
  const [smallest] = result.counterexample ?? [];
  if (smallest !== undefined) {
    const { breaches, trace } = await playHistory(smallest, new Map()).catch((error: unknown) => ({
      breaches: [{ rule: `a history throws: ${error}`, what: "" }],
      trace: () => (error instanceof Error ? (error.stack ?? "") : ""),
    }));
    const rules = [...new Set(breaches.map(({ rule }) => rule))].join("; ");
    throw new Error(
      `Broken after ${played} histories: ${rules}\nHISTORY_SEED=${seed}, history ${result.counterexamplePath}\n${trace()}`,
    );
  }
  const least = histories < TELLING ? 0 : Math.floor((played / 10_000) * LEAST_OF_10_000);
  const rare = missed(reach, least);
  const seconds = Math.round((performance.now() - began) / 1_000);
  const table = `${played} histories, seed ${seed}, ${seconds} s\n${tableOf(reach)}`;
  const tooRare = `Met fewer than ${least} times in ${played} histories:\n  ${rare.join("\n  ")}\n`;
  if (rare.length > 0 && mustReach) throw new Error(`${tooRare}${table}`);
  return rare.length > 0 ? `${tooRare}${table}` : table;
}
