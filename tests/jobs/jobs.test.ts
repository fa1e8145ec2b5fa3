import { describe, expect, test } from "vitest";
import { type Advanced, advance, type Work } from "../../services/jobs/advance.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import { bytesOf, value } from "../stores/conformance.ts";
import { openJobs, troubled } from "./support.ts";

const COUNT = { id: "job_count", kind: "count", cursor: 0 };

/** Counts to `end`, one a step. */
function counting(
  end: number,
  stepMs = 0,
  sleep = async (_: number) => {},
): Work & { readonly steps: number[] } {
  const steps: number[] = [];
  return {
    steps,
    async step(cursor) {
      const at = Number(cursor);
      if (at === end) return { kind: "done", result: { counted: at } };
      steps.push(at);
      await sleep(stepMs);
      return {
        kind: "more",
        cursor: at + 1,
        progress: { done: at + 1, total: end, unit: "numbers", what: "count" },
      };
    },
  };
}

/** Time for so many looks. */
function looks(count: number): () => number {
  let left = count;
  return () => {
    left -= 1;
    return left;
  };
}

describe("a job", () => {
  test("is opened once, and joined by whoever opens it again", async () => {
    const { jobs } = openJobs();
    const opened = await Promise.all(Array.from({ length: 5 }, () => jobs.open(COUNT)));
    const writes = new Set(opened.map((each) => value(each).write));
    expect(writes.size).toBe(1);
    expect(value(await jobs.get("job_count"))).toMatchObject({ state: "queued", epoch: 0, holder: null });
    expect(value(await jobs.get("job_other"))).toBeUndefined();
    expect(value(await jobs.get("../dato-archive"))).toBeUndefined();
  });

  test("goes on where the invocation before stopped, and ends once", async () => {
    const { jobs, clock } = openJobs();
    value(await jobs.open(COUNT));
    const work = counting(5);
    const first = value(await advance("job_count", work, { jobs, clock, timeLeft: looks(3) }));
    expect(first).toMatchObject({ kind: "more", job: { state: "running", cursor: 2, holder: null } });
    expect(first).toMatchObject({ job: { progress: { done: 2, total: 5 } } });
    const second = value(await advance("job_count", work, { jobs, clock, timeLeft: looks(10) }));
    expect(second).toMatchObject({ kind: "ended", job: { state: "done", result: { counted: 5 }, epoch: 2 } });
    expect(work.steps).toEqual([0, 1, 2, 3, 4]);
    const third = value(await advance("job_count", work, { jobs, clock, timeLeft: looks(10) }));
    expect(third.kind).toBe("ended");
    expect(work.steps).toHaveLength(5);
  });

  test.each([
    ["job_none", "absent"],
    ["no id", "absent"],
  ])("%s is %s", async (id, kind) => {
    const { jobs, clock } = openJobs();
    expect(value(await advance(id, counting(1), { jobs, clock, timeLeft: looks(1) }))).toEqual({ kind });
  });

  test("that ends in part, or fails, says so", async () => {
    const { jobs, clock } = openJobs();
    const failure = { cause: "X", sentence: "Y." };
    for (const [id, step] of [
      ["job_a", { kind: "partial", result: 1 }],
      ["job_b", { kind: "failed", failure }],
    ] as const) {
      value(await jobs.open({ ...COUNT, id }));
      const work = { step: async () => step };
      expect(value(await advance(id, work, { jobs, clock, timeLeft: looks(9) })).kind).toBe("ended");
    }
    const listed = value(await jobs.list());
    expect(listed.map(({ id, state }) => [id, state]).toSorted()).toEqual([
      ["job_a", "partial"],
      ["job_b", "failed"],
    ]);
    expect(value(await jobs.get("job_b"))?.failure).toEqual(failure);
  });
});

describe("a lease", () => {
  test("keeps others out for 60 seconds after the last write, by the store's clock", async () => {
    const { jobs, clock } = openJobs();
    value(await jobs.open(COUNT));
    await clock.run(async () => {
      const first = value(await jobs.claim("job_count"));
      expect(first.kind).toBe("claimed");
      await clock.sleep(59_000);
      expect(value(await jobs.claim("job_count")).kind).toBe("held");
      if (first.kind === "claimed") expect(value(await first.lease.save({}))).toBe("saved");
      await clock.sleep(59_000);
      expect(value(await jobs.claim("job_count")).kind).toBe("held");
      await clock.sleep(2_000);
      expect(value(await jobs.claim("job_count"))).toMatchObject({
        kind: "claimed",
        lease: { job: { epoch: 2 } },
      });
      // Whoever was taken for dead notices at once.
      if (first.kind === "claimed") expect(value(await first.lease.save({ cursor: 99 }))).toBe("lost");
      expect(value(await jobs.get("job_count"))).toMatchObject({ epoch: 2, cursor: 0 });
    });
  });

  test("goes to one of twenty who claim at once", async () => {
    const { jobs } = openJobs();
    value(await jobs.open(COUNT));
    const claims = await Promise.all(Array.from({ length: 20 }, () => jobs.claim("job_count")));
    expect(claims.filter((claim) => value(claim).kind === "claimed")).toHaveLength(1);
  });

  test("is renewed while a step takes long", async () => {
    const { jobs, clock } = openJobs();
    value(await jobs.open(COUNT));
    await clock.run(async () => {
      const working = advance("job_count", counting(2, 300_000, clock.sleep), {
        jobs,
        clock,
        timeLeft: looks(9),
      });
      await clock.sleep(250_000);
      expect(value(await jobs.claim("job_count")).kind).toBe("held");
      expect(value(await working)).toMatchObject({ kind: "ended", job: { epoch: 1 } });
    });
  });

  test("that is lost stops its step, and writes nothing more", async () => {
    const { jobs, store, clock } = openJobs();
    let isCut = false;
    const cut = troubled(store, clock, () => ({ how: isCut ? "dropped" : "well", before: 0, after: 0 }));
    const theirs = jobsOf(cut, clock);
    value(await jobs.open(COUNT));
    const seen: boolean[] = [];
    const work: Work = {
      async step(_, hold) {
        isCut = true;
        seen.push(hold.mayAct());
        await clock.sleep(50_000);
        seen.push(hold.mayAct());
        await clock.sleep(20_000);
        isCut = false;
        await clock.sleep(20_000);
        seen.push(hold.lost.aborted);
        return { kind: "more", cursor: 1 };
      },
    };
    await clock.run(async () => {
      const first = advance("job_count", work, { jobs: theirs, clock, timeLeft: looks(9) });
      await clock.sleep(65_000);
      const second = value(await advance("job_count", counting(3), { jobs, clock, timeLeft: looks(9) }));
      expect(second).toMatchObject({ kind: "ended", job: { epoch: 2 } });
      expect(value(await first)).toMatchObject({ kind: "lost" });
    });
    expect(seen).toEqual([true, false, true]);
    expect(value(await jobs.get("job_count"))).toMatchObject({ state: "done", result: { counted: 3 } });
  });

  test("is known as one's own where its answer was lost", async () => {
    const { jobs, store, clock } = openJobs();
    let calls = 0;
    const losing = troubled(store, clock, () => {
      calls += 1;
      return { how: calls % 3 === 2 ? "lost" : "well", before: 0, after: 0 };
    });
    value(await jobs.open(COUNT));
    const work = counting(5);
    const options = { jobs: jobsOf(losing, clock), clock, timeLeft: looks(9) };
    const ended = await clock.run(() => advance("job_count", work, options));
    expect(value(ended)).toMatchObject({ kind: "ended", job: { epoch: 1, state: "done" } });
    expect(work.steps).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("cancelling", () => {
  test("ends a job that nobody works on with its next call, and one under way after its step", async () => {
    const { jobs, clock } = openJobs();
    value(await jobs.open(COUNT));
    const work: Work = {
      async step(cursor) {
        if (cursor === 2) value(await jobs.cancel("job_count"));
        return { kind: "more", cursor: Number(cursor) + 1 };
      },
    };
    const ended: Advanced = value(await advance("job_count", work, { jobs, clock, timeLeft: looks(99) }));
    expect(ended).toMatchObject({
      kind: "ended",
      job: { state: "failed", failure: { cause: "CANCELLED" }, cursor: 3 },
    });
    expect(value(await jobs.cancel("job_count"))).toMatchObject({ state: "failed" });
    expect(value(await jobs.cancel("job_other"))).toBeUndefined();

    value(await jobs.open({ ...COUNT, id: "job_idle" }));
    value(await jobs.cancel("job_idle"));
    const idle = value(await advance("job_idle", work, { jobs, clock, timeLeft: looks(9) }));
    expect(idle).toMatchObject({ kind: "ended", job: { failure: { cause: "CANCELLED" }, cursor: 0 } });
  });
});

test("a job that cannot be read is left alone", async () => {
  const { jobs, store, clock } = openJobs();
  value(await store.put("jobs/job_count.json", bytesOf('{"format":2}')));
  const result = await advance("job_count", counting(1), { jobs, clock, timeLeft: looks(9) });
  expect(result).toMatchObject({ ok: false, failure: { cause: "STORE_UNAVAILABLE" } });
  expect(value(await jobs.list())).toEqual([]);
});
