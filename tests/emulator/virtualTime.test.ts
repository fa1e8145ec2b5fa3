import { pbkdf2 } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { shiftedClock, virtualClock } from "../../emulator/clocks.ts";
import { START, world } from "./support.ts";

const slowHash = promisify(pbkdf2);

describe("a virtual clock", () => {
  test("passes a fork of 30 minutes, polled every 10 seconds, in an instant", async () => {
    const { client, clock, emulator } = world({ forkMs: 30 * 60_000, latencyMs: 100 });
    const began = performance.now();
    await clock.run(async () => {
      await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
      while ((await client.environments.find("copy")).meta.status === "creating") await clock.sleep(10_000);
    });
    expect(clock.monotonic()).toBeGreaterThan(30 * 60_000);
    expect(clock.now()).toBe(Date.parse(START) + clock.monotonic());
    expect(emulator.requests.length).toBeGreaterThan(175);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test("serves 100 callers at once, each in its turn", async () => {
    const { client, clock, project } = world({ rateLimit: null, forkMs: 60_000, latencyMs: 20 });
    const ready = await clock.run(() =>
      Promise.all(
        Array.from({ length: 100 }, async (_, caller) => {
          await clock.sleep(caller * 7);
          await client.environments.fork("main", { id: `copy-${caller}` }, { immediate_return: true });
          await clock.sleep(60_000);
          return (await client.environments.find(`copy-${caller}`)).meta.status;
        }),
      ),
    );
    expect(new Set(ready)).toEqual(new Set(["ready"]));
    expect(project.environments()).toHaveLength(101);
    // The last one: its start, its fork, the wait and its look.
    expect(clock.monotonic()).toBe(99 * 7 + 20 + 60_000 + 20);
    const began = project.history.filter(({ type }) => type === "fork-began");
    expect(began.map(({ at }) => at)).toEqual(began.map((_, caller) => Date.parse(START) + caller * 7 + 10));
  });

  test("sees a deadlock: nothing sleeps and the work is not done", async () => {
    const { clock, project, raw } = world();
    project.faults.add({ effect: { kind: "hang", when: "before" } });
    await expect(clock.run(() => raw("GET", "/site"))).rejects.toThrow("Deadlock");
    // It can be used again.
    expect((await clock.run(() => raw("GET", "/site"))).status).toBe(200);
  });

  test("lets an answer that never comes be given up by a deadline that sleeps", async () => {
    const { clock, project, raw } = world();
    project.faults.add({ effect: { kind: "hang", when: "after" } });
    const outcome = clock.run(async () => {
      const deadline = new AbortController();
      const call = raw("PUT", "/environments/main/promote", { signal: deadline.signal });
      void clock.sleep(8000).then(() => deadline.abort(new Error("too late")));
      await call;
    });
    await expect(outcome).rejects.toThrow("too late");
    expect(clock.monotonic()).toBe(8000);
  });

  test("gives up at once with a signal that aborted before, and sends nothing", async () => {
    const { emulator, raw } = world();
    await expect(raw("GET", "/site", { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
    expect(emulator.requests).toEqual([]);
  });

  test("gives up a body that comes late", async () => {
    const { clock, project, raw } = world();
    project.faults.add({ effect: { kind: "slow-body", ms: 60_000 } });
    const stop = new AbortController();
    const answer = await raw("GET", "/site", { signal: stop.signal });
    const body = expect(answer.text()).rejects.toThrow("enough");
    await clock.advance(10);
    stop.abort(new Error("enough"));
    await body;
  });

  test("gives up in the middle of an answer whose effect has come to pass", async () => {
    const { clock, emulator, project, raw } = world({ latencyMs: 1000 });
    project.user.fork(null, "copy", { ready: true });
    const stop = new AbortController();
    const call = raw("PUT", "/environments/copy/promote", { signal: stop.signal });
    const given = expect(call).rejects.toThrow("enough");
    await clock.advance(300);
    stop.abort(new Error("enough"));
    await given;
    expect(project.environment("copy")?.primary).toBe(false);
    await clock.advance(700);
    expect(project.environment("copy")?.primary).toBe(true);
    expect(emulator.requests[0]).toMatchObject({ status: 200, durationMs: 1000 });
  });

  test("stands still while a hash is worked out, however busy the machine's threads are", async () => {
    const clock = virtualClock(0);
    // More than there are threads: the hash comes last.
    const busy = Array.from({ length: 16 }, () => slowHash("password", "salt", 100_000, 32, "sha256"));
    const hashed = clock.run(async () => {
      await crypto.subtle.digest("SHA-256", new Uint8Array(8));
      await crypto.subtle.digest("SHA-256", new Uint8Array(8));
      const at = clock.monotonic();
      await clock.sleep(10);
      return at;
    });
    await clock.advance(5_000);
    expect(await hashed).toBe(0);
    await Promise.all(busy);
  });

  test("wakes sleepers in order of time, then of arrival, and an aborted one without time passing", async () => {
    const clock = virtualClock(0);
    const woken: string[] = [];
    const stop = new AbortController();
    const sleep = (name: string, ms: number) => clock.sleep(ms, stop.signal).then(() => woken.push(name));
    const all = [sleep("late", 30), sleep("first", 10), sleep("second", 10), sleep("zero", 0)];
    await clock.advance(9);
    expect(woken).toEqual(["zero"]);
    await clock.advance(1);
    expect(woken).toEqual(["zero", "first", "second"]);
    stop.abort();
    await Promise.all(all);
    expect(woken).toEqual(["zero", "first", "second", "late"]);
    expect(clock.monotonic()).toBe(10);
  });

  test("wakes those who fall asleep again on the way of an advance", async () => {
    const clock = virtualClock(0);
    const ticks: number[] = [];
    const ticking = clock.run(async () => {
      for (let tick = 0; tick < 3; tick++) {
        await clock.sleep(10);
        ticks.push(clock.now());
      }
    });
    await clock.advance(25);
    await ticking;
    expect(ticks).toEqual([10, 20, 30]);
  });

  test("waits with patience for work that it cannot see", async () => {
    const clock = virtualClock(0, { patienceMs: 100 });
    void clock.sleep(25_000);
    const elapsed = clock.run(async () => {
      await readFile(import.meta.filename);
      return clock.monotonic();
    });
    expect(await elapsed).toBe(0);
  });

  test("passes no second while the work reads files", async () => {
    const clock = virtualClock(0);
    const patience = clock.sleep(4_000).then(() => "nobody waited for the files");
    const files = async () => {
      for (let times = 0; times < 50; times += 1) await readFile(import.meta.filename);
      return "files";
    };
    expect(await clock.run(() => Promise.race([files(), patience]))).toBe("files");
  });

  test("moves only its wall when it jumps", async () => {
    const clock = virtualClock("2026-03-01T00:00:00Z");
    clock.jump(-3_600_000);
    expect(new Date(clock.now()).toISOString()).toBe("2026-02-28T23:00:00.000Z");
    expect(clock.monotonic()).toBe(0);
    expect(() => virtualClock("yesterday")).toThrow("yesterday");
  });

  test("passes on what the work throws, and runs that overlap or nest", async () => {
    const clock = virtualClock(0);
    await expect(clock.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    const nested = clock.run(async () => {
      await clock.run(() => clock.sleep(50));
      return clock.monotonic();
    });
    const other = clock.run(async () => {
      await clock.sleep(80);
      return clock.monotonic();
    });
    expect(await Promise.all([nested, other])).toEqual([50, 80]);
  });
});

test("a shifted clock moves its wall and nothing else", () => {
  const base = { ...virtualClock(1000) };
  const clock = shiftedClock(base);
  clock.advance(500);
  expect([clock.now(), clock.monotonic()]).toEqual([1500, 0]);
  clock.set(42);
  expect([clock.now(), base.now()]).toEqual([42, 1000]);
});
