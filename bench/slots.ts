import { slotsFor } from "../services/schedule/slots.ts";
import type { Table } from "./table.ts";

const TOKENS = 100_000;
/** Hashed at once; more would only fill the memory. */
const BATCH = 1_000;
const MOST_LOAD = 1.05;

/** How evenly projects are spread over the hours: the load of the fullest hour beside the mean. */
export async function measureSlots(): Promise<Table> {
  const dailyHours = countersOf(24);
  const weeklyHours = countersOf(24);
  const weeklySlots = countersOf(7 * 24);
  for (let first = 0; first < TOKENS; first += BATCH) {
    const tokens = Array.from({ length: BATCH }, (_, index) => `token-of-project-${first + index}`);
    for (const { daily, weekly } of await Promise.all(tokens.map(slotsFor))) {
      add(dailyHours, daily.hour);
      add(weeklyHours, weekly.hour);
      add(weeklySlots, (weekly.weekday ?? 0) * 24 + weekly.hour);
    }
  }
  return {
    name: "slots",
    title: `Slot evenness over ${TOKENS} tokens`,
    columns: {
      cadence: "Cadence",
      per: "Per",
      mean: "Mean",
      least: "Least",
      most: "Most",
      load: "Most / mean",
    },
    rows: [
      { cadence: "daily", ...rowOf("hour of day", dailyHours, MOST_LOAD) },
      { cadence: "weekly", ...rowOf("hour of day", weeklyHours, MOST_LOAD) },
      { cadence: "weekly", ...rowOf("hour of week", weeklySlots) },
    ],
    notes: [
      "The tokens are always the same, and so are the figures.",
      "Hour of week: of 168 hours with 595 tokens each, chance alone fills one by about a tenth more than the mean.",
    ],
  };
}

function countersOf(parts: number): Uint32Array {
  return new Uint32Array(parts);
}

function add(counters: Uint32Array, part: number): void {
  counters[part] = (counters[part] ?? 0) + 1;
}

function rowOf(per: string, counters: Uint32Array, atMost?: number) {
  const mean = TOKENS / counters.length;
  const most = Math.max(...counters);
  return {
    per,
    mean: { value: mean, digits: 1 },
    least: { value: Math.min(...counters) },
    most: { value: most },
    load: { value: most / mean, digits: 3, atMost },
  };
}
