import fc from "fast-check";
import { seedFrom } from "../support/seed.ts";

/** Set `PROPERTY_SEED` to repeat a run that failed. */
const seed = seedFrom("PROPERTY_SEED");
let isTold = false;

/**
 * Runs a property with the seed of this test run, which is printed before the first and in every failure.
 *
 * @param runs how many examples are tried
 */
export async function holds<T>(
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
  runs: number,
): Promise<void> {
  tell();
  await fc.assert(property, { seed, numRuns: runs, ...(process.env.PROPERTY_SEED && { verbose: 1 }) });
}

/** A number that is settled by the tick and the salt, and looks like chance. */
export function noise(tick: number, salt: number): number {
  let mixed = (Math.floor(tick / 60_000) ^ salt) >>> 0;
  for (const factor of [0x85ebca6b, 0xc2b2ae35]) mixed = Math.imul(mixed ^ (mixed >>> 15), factor) >>> 0;
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function tell(): void {
  if (isTold) return;
  isTold = true;
  process.stdout.write(`Properties run with PROPERTY_SEED=${seed}\n`);
}
