/** Judges each change, so that it is judged on what it changed. */
export const CI_SEED = 20_261_121;

/**
 * The seed of a random test: the variable's where it is set, always the same one where a change is judged, else
 * a new one each run, to find what nobody has thought of.
 */
export function seedFrom(variable: string): number {
  const given = process.env[variable];
  if (given !== undefined) return Number(given);
  return process.env.CI === undefined ? Date.now() % 2 ** 31 : CI_SEED;
}
