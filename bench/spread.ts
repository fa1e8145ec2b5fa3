/** Median, least and most of several measured times, ms. */
export function spreadOf(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const figure = (value: number | undefined) => (value === undefined ? null : { value, unit: "ms" });
  return {
    median: figure(sorted[Math.floor(sorted.length / 2)]),
    least: figure(sorted.at(0)),
    most: figure(sorted.at(-1)),
  };
}
