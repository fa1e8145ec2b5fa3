import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { slotsFor } from "../../services/schedule/slots.ts";
import { cronExpression } from "../../utils/cron.ts";
import { evidence } from "../contract/evidence.ts";
import { eventually } from "../contract/expectations.ts";
import { DAY_MS, idOf, openingOf, tokenAsleep, tokenAwake } from "../contract/tokens.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type DeployedWorker, Workers } from "./cloudflare/deployment.ts";
import { buildShipped } from "./cloudflare/worker.ts";

/** What the free plan's CPU time pays for. */
const MOST_CALLS = 15;
const HOUR_MS = 3_600_000;
/** A Worker starts in half a second, and one that waits for a fork spends its calls in a quarter of a minute. */
const PATIENCE_MS = 60_000;

const JOBS = [
  { job: "daily", every: DAY_MS },
  { job: "weekly", every: 7 * DAY_MS },
] as const;
type Job = (typeof JOBS)[number]["job"];

let workers: Workers;
beforeAll(async () => {
  // No midnight may come while a test runs: it would make one day's copies two days'.
  const untilMidnight = DAY_MS - (Date.now() % DAY_MS);
  if (untilMidnight < PATIENCE_MS) await new Promise((resolve) => setTimeout(resolve, untilMidnight));
  workers = new Workers(await buildShipped());
}, BUILD_MS + PATIENCE_MS);
afterAll(() => workers.close());

const asleep = async () => ({ token: await tokenAsleep() });
const unknown = async () => ({ token: await tokenAwake(), unknownToken: true });

/** A Worker whose slots are open and which has the copies of last time: what is due, and what it replaces. */
async function withWork() {
  const worker = await workers.take("awake", async () => ({ token: await tokenAwake() }));
  const slots = await slotsFor(worker.token);
  const due: Record<Job, string> = { daily: "", weekly: "" };
  const old: Record<Job, string> = { daily: "", weekly: "" };
  for (const { job, every } of JOBS) {
    const opening = openingOf(slots[job]);
    due[job] = idOf(job, opening);
    old[job] = idOf(job, opening - every);
    worker.project.user.fork(null, old[job], { createdAt: opening - every, ready: true });
  }
  return { worker, due, old };
}

const Line = z.object({
  time: z.iso.datetime(),
  level: z.enum(["info", "warn", "error"]),
  event: z.string().regex(/^[a-z_]+$/),
});

function events({ lines }: DeployedWorker): string[] {
  return lines().map((line) => Line.parse(JSON.parse(line)).event);
}

describe.each(JOBS)("the $job cron", ({ job }) => {
  const cron = cronExpression(job, "hourly");
  const other = job === "daily" ? "weekly" : "daily";

  test("calls nobody while its slot is far", { timeout: PATIENCE_MS }, async () => {
    await using worker = await workers.take("asleep", asleep);
    expect(await worker.tick(cron)).toMatchObject({ outcome: "ok" });
    await eventually(() => expect(events(worker)).toEqual(["tick_skipped"]));
    expect(worker.calls()).toEqual([]);
  });

  test("makes its copy in its slot, and lets the older one go", { timeout: PATIENCE_MS }, async () => {
    const { worker, due, old } = await withWork();
    await using _ = worker;
    expect(await worker.tick(cron)).toMatchObject({ outcome: "ok" });
    expect(worker.forked()).toEqual([due[job]]);
    await eventually(() => expect(worker.ready()).toEqual([due[job], old[other], "main"].sort()));
    expect(worker.calls().length).toBeLessThanOrEqual(MOST_CALLS);
    await eventually(() => expect(events(worker)).toContain("run_ended"));
  });

  test("delivered again, makes nothing more", { timeout: PATIENCE_MS }, async () => {
    const { worker, due } = await withWork();
    await using _ = worker;
    await worker.tick(cron);
    worker.forget();
    await worker.tick(cron);
    expect(worker.calls().map(({ method }) => method)).toEqual(["GET", "GET"]);
    expect(worker.forked()).toEqual([due[job]]);
    await eventually(() => expect(events(worker)).toContain("tick_skipped"));
  });

  test("delivered five times at once, makes one copy", { timeout: PATIENCE_MS }, async () => {
    const { worker, due, old } = await withWork();
    await using _ = worker;
    worker.project.settings.latencyMs = 30;
    const ticks = await Promise.all([1, 2, 3, 4, 5].map(() => worker.tick(cron)));
    for (const tick of ticks) expect(tick).toMatchObject({ outcome: "ok" });
    expect(worker.forked()).toEqual([due[job]]);
    await eventually(() => expect(worker.ready()).toEqual([due[job], old[other], "main"].sort()));
  });

  test("fails without failing the Worker, and says why in the log", { timeout: PATIENCE_MS }, async () => {
    await using worker = await workers.take("unknown", unknown);
    expect(await worker.tick(cron)).toMatchObject({ outcome: "ok" });
    const cause = expect.objectContaining({ event: "tick_failed", cause: "INVALID_API_TOKEN" });
    await eventually(() => expect(worker.lines().map((line) => JSON.parse(line))).toContainEqual(cause));
  });
});

describe("a Worker", () => {
  test("runs both jobs by a cron that its owner has written", { timeout: PATIENCE_MS }, async () => {
    const { worker, due } = await withWork();
    await using _ = worker;
    await worker.tick("20 */2 * * *");
    expect(worker.forked()).toEqual([due.daily, due.weekly]);
    expect(worker.ready()).toContain(due.weekly);
  });

  for (const { job } of JOBS)
    test(`asked for the ${job} job out of its slot makes the copy at once`, {
      timeout: PATIENCE_MS,
    }, async () => {
      await using worker = await workers.take("asleep", asleep);
      const answer = await worker.call("GET", `/api/jobs/${job}-backup`);
      expect(answer).toMatchObject({ status: 200, body: { result: { createdEnvironmentId: idOf(job) } } });
      expect(worker.forked()).toEqual([idOf(job)]);
    });
});

// Side by side, for they wait in real time, and with Workers of their own, for time does not go back.
describe.concurrent("a fork that takes long", () => {
  for (const { job } of JOBS) {
    const cron = cronExpression(job, "hourly");
    const other = job === "daily" ? "weekly" : "daily";

    test(`the ${job} cron begins it and leaves its end to a later tick`, {
      timeout: PATIENCE_MS,
    }, async () => {
      const { worker, due, old } = await withWork();
      await using _ = worker;
      worker.project.settings.forkMs = HOUR_MS;
      expect(await worker.tick(cron)).toMatchObject({ outcome: "ok" });
      expect(worker.calls().length).toBeLessThanOrEqual(MOST_CALLS);
      expect(worker.forked()).toEqual([due[job]]);
      expect(worker.ready()).toEqual([old.daily, old.weekly, "main"].sort());

      worker.advance(HOUR_MS);
      worker.forget();
      await worker.tick(cron);
      expect(worker.calls().length).toBeLessThanOrEqual(MOST_CALLS);
      expect(worker.forked()).toEqual([due[job]]);
      await eventually(() => expect(worker.ready()).toEqual([due[job], old[other], "main"].sort()));
    });
  }

  test("is answered with creating, and leaves its end to a tick", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { worker, old } = await withWork();
    await using _ = worker;
    worker.project.settings.forkMs = HOUR_MS;
    const began = performance.now();
    const answer = await worker.call("POST", "/api/jobs/daily-backup");
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(answer).toMatchObject({ status: 200, body: { ok: true, result: { state: "creating" } } });
    expect(worker.calls().length).toBeLessThanOrEqual(MOST_CALLS);
    expect(worker.ready()).toEqual([old.daily, old.weekly, "main"].sort());

    worker.advance(HOUR_MS);
    await worker.tick(cronExpression("daily", "hourly"));
    expect(worker.forked()).toEqual([idOf("daily")]);
    await eventually(() => expect(worker.ready()).toEqual([idOf("daily"), old.weekly, "main"].sort()));
  });
});

test("every line that was logged is JSON, and none holds a token or a secret", () => {
  const lines = evidence.written.flatMap(({ text }) => text.split("\n")).filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(50);
  for (const line of lines) Line.parse(JSON.parse(line));
  expect(evidence.findLeaks()).toEqual([]);
});
