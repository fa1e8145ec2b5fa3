import fc from "fast-check";
import { expect, test } from "vitest";
import type { VirtualClock } from "../../emulator/clocks.ts";
import { advance, type Work } from "../../services/jobs/advance.ts";
import { type Job, jobIn } from "../../services/jobs/job.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import type { Store } from "../../services/stores/store.ts";
import { value } from "../stores/conformance.ts";
import { seedFrom } from "../support/seed.ts";
import { openJobs, type Trouble, troubled } from "./support.ts";

/** Two workers on one job, and a store that is slow and loses answers. */

const END = 8;
const ID = "job_count";

const WELL: Trouble = { how: "well", before: 1, after: 1 };

interface Act {
  readonly worker: number;
  readonly epoch: number;
  readonly at: number;
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  how: fc.oneof(
    { weight: 6, arbitrary: fc.constant("well" as const) },
    { weight: 1, arbitrary: fc.constant("lost" as const) },
    { weight: 1, arbitrary: fc.constant("dropped" as const) },
  ),
  before: fc.oneof({ weight: 5, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(14_000) }),
  after: fc.oneof({ weight: 5, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.nat(40_000) }),
});
const story = fc.record({
  /** Of the first calls; later ones go well, so that every story has an end. */
  troubles: fc.array(trouble, { minLength: 20, maxLength: 150 }),
  /** How long steps take, ms; some longer than a lease. */
  steps: fc.array(fc.oneof(fc.nat(2_000), fc.nat(90_000)), { minLength: 3, maxLength: 9 }),
  budgets: fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 2, maxLength: 6 }),
});

/** Goes round in a list. */
function inTurn<T>(values: readonly T[]): () => T {
  let at = 0;
  return () => {
    const next = values[at % values.length] as T;
    at += 1;
    return next;
  };
}

/** The store, and each version of the job that it was given. */
function watched(store: Store, versions: Job[]): Store {
  return {
    ...store,
    async put(key, body, options) {
      const put = await store.put(key, body, options);
      const job =
        put.ok && put.value.kind === "written" && body instanceof Uint8Array ? jobIn(body) : undefined;
      if (job !== undefined) versions.push(job);
      return put;
    },
  };
}

test("two workers on one job: one acts at a time, nothing goes back, and it ends once", async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ troubles, steps, budgets }) => {
      const { clock, store, jobs } = openJobs();
      const [acts, versions]: [Act[], Job[]] = [[], []];
      value(await jobs.open({ id: ID, kind: "count", cursor: 0 }));
      const [nextStep, nextBudget] = [inTurn(steps), inTurn(budgets)];
      const left = [...troubles];
      const nextTrouble = () => left.shift() ?? WELL;
      const seen = watched(store, versions);

      const worker = async (number: number) => {
        const mine = jobsOf(troubled(seen, clock, nextTrouble), clock);
        for (let round = 0; round < 300; round += 1) {
          const deadline = clock.monotonic() + nextBudget();
          const work = workOf(number, mine, clock, acts, nextStep);
          const result = await advance(ID, work, {
            jobs: mine,
            clock,
            timeLeft: () => deadline - clock.monotonic(),
          });
          if (result.ok && result.value.kind === "ended") return;
          await clock.sleep(5_000);
        }
        throw new Error("It never ends");
      };
      await clock.run(() => Promise.all([worker(0), worker(1)]));

      const job = value(await jobs.get(ID));
      expect(job).toMatchObject({ state: "done", result: { counted: END }, holder: null });
      // An epoch is one worker's, and whoever has a smaller one acts no more once a greater one does.
      const workers = new Map(acts.map(({ epoch, worker }) => [epoch, worker]));
      for (const { epoch, worker } of acts) expect(workers.get(epoch)).toBe(worker);
      expect(acts.map(({ epoch }) => epoch)).toEqual(
        acts.map(({ epoch }) => epoch).toSorted((a, b) => a - b),
      );
      // What is written never goes back, and ends once.
      const cursors = versions.map(({ cursor }) => Number(cursor));
      expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
      const epochs = versions.map(({ epoch }) => epoch);
      expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
      expect(versions.filter(({ endedAt }) => endedAt !== null)).toHaveLength(1);
    }),
    { numRuns: 60, seed: seedFrom("PROPERTY_SEED") },
  );
});

/** Counts, and acts before and after each wait as far as it may. */
function workOf(
  worker: number,
  jobs: ReturnType<typeof jobsOf>,
  clock: VirtualClock,
  acts: Act[],
  nextStep: () => number,
): Work {
  let epoch: number | undefined;
  return {
    async step(cursor, hold) {
      const at = Number(cursor);
      if (at === END) return { kind: "done", result: { counted: at } };
      // Which claim this is, by the store: a read that fails tells nothing.
      const read = await jobs.get(ID);
      if (read.ok && read.value !== undefined) epoch = read.value.epoch;
      const act = () => {
        if (epoch !== undefined && hold.mayAct()) acts.push({ worker, epoch, at: clock.monotonic() });
      };
      act();
      await clock.sleep(nextStep());
      act();
      return { kind: "more", cursor: at + 1 };
    },
  };
}
