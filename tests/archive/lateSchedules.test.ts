import { beforeEach, describe, expect, test } from "vitest";
import { scheduleTimes } from "../../node/scheduleTimes.ts";
import { type Schedules, schedulesOf } from "../../services/archive/schedules/schedules.ts";
import { readArchiveFacts } from "../../services/archive/watch/facts.ts";
import { archiveFindings } from "../../services/archive/watch/findings.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { claimRoot } from "../../services/stores/root.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { value } from "../stores/conformance.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.parse("2026-03-02T12:00:00.000Z");
const NIGHTLY = { name: "Nightly", every: "30 2 * * *", zone: "UTC", keep: {}, enabled: true } as const;
/** The first time that it names. */
const FIRST = Date.parse("2026-03-03T02:30:00.000Z");
const FAILURE = { cause: "DATOCMS_UNAVAILABLE", sentence: "DatoCMS does not answer." };

let now: number;
let store: Store;
let clock: Clock;
let schedules: Schedules;
let id: string;
beforeEach(async () => {
  now = BEGIN;
  clock = { now: () => now, monotonic: () => 0, sleep: async () => {} };
  store = createMemoryStore({ now: () => now });
  value(await claimRoot(store, "64167", now));
  schedules = schedulesOf(store, clock);
  id = value(await schedules.create(NIGHTLY)).id;
});

/** What the check says of late schedules. */
async function late(): Promise<string[]> {
  const wishes = { cadences: [], samplePercent: undefined, times: scheduleTimes };
  const found = archiveFindings(value(await readArchiveFacts(store, clock)), wishes, now);
  return found.flatMap(({ code, sentence }) => (code === "SCHEDULE_LATE" ? [sentence] : []));
}

const made = (slot: number) => schedules.ended(id, { slot, archive: { id: "a", partial: false } });

describe("a schedule of archives is late", () => {
  test("six hours after a time of which there is no archive, and until there is one", async () => {
    now = FIRST + 6 * HOUR_MS - 1;
    expect(await late()).toEqual([]);
    now += 1;
    const sentence = 'The schedule "Nightly" has made no archive since 2026-03-03 02:30 UTC.';
    expect(await late()).toEqual([sentence]);
    now += 3 * DAY_MS;
    expect(await late()).toEqual([sentence]);
    value(await made(FIRST + 3 * DAY_MS));
    expect(await late()).toEqual([]);
  });

  test("where it fails each time, since the first time that failed, and says why", async () => {
    value(await made(FIRST));
    for (let day = 1; day <= 3; day += 1) {
      now = FIRST + day * DAY_MS + HOUR_MS;
      value(await schedules.ended(id, { slot: FIRST + day * DAY_MS, failure: FAILURE }));
    }
    expect(await late()).toEqual([
      'The schedule "Nightly" has made no archive since 2026-03-04 02:30 UTC. Its last run failed: DatoCMS does not answer.',
    ]);
  });

  test("not for times before it was made, switched on or given others, nor while it is off", async () => {
    now = FIRST + 2 * DAY_MS;
    value(await schedules.change(id, (before) => ({ ...before, enabled: false })));
    expect(await late()).toEqual([]);
    value(await schedules.change(id, (before) => ({ ...before, enabled: true })));
    expect(await late()).toEqual([]);
    now += DAY_MS + 6 * HOUR_MS;
    expect(await late()).toHaveLength(1);
    value(await schedules.change(id, (before) => ({ ...before, every: "0 12 * * *" })));
    expect(await late()).toEqual([]);
  });
});
