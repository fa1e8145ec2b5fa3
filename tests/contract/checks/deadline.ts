import { expect } from "vitest";
import type { FaultEffect } from "../../../emulator/emulator.ts";
import { aResult, expectCause, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import { acceptsBackupNow } from "../plugin.ts";
import type { Answer, Scene } from "../scene.ts";
import { DAY_MS, idOf } from "../tokens.ts";
import { BACKUP_NOW, DAILY, INITIALIZE, SCHEDULED, WEEKLY } from "../wire.ts";
import { CALLS, OUTAGES } from "./failures.ts";

const MINUTE_MS = 60_000;

async function pass({ deployment }: Scene, ms: number): Promise<void> {
  await deployment.advance?.(ms);
}

/** Of an earlier day, and not so old that a run by hand must leave it. */
function seedOld(scene: Scene, cadence = "daily"): string {
  const old = scene.deployment.clock.now() - 1.5 * DAY_MS;
  scene.seed(idOf(cadence, old), old);
  return idOf(cadence, old);
}

/** An answer while DatoCMS is still at it. */
function expectCreating(answer: Answer, scene: Scene, replaces: string | null): void {
  expectOk(answer);
  expect(pick(answer.body, "result")).toEqual({
    scope: "daily",
    state: "creating",
    percentage: expect.any(Number),
    createdEnvironmentId: idOf("daily", scene.deployment.clock.now()),
    deletedEnvironmentId: null,
    deletedEnvironmentIds: [],
    replaces,
  });
}

/** How long a call took in the deployment's own time. */
async function timed(scene: Scene, call: () => Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const began = scene.deployment.clock.monotonic();
  return { answer: await call(), ms: scene.deployment.clock.monotonic() - began };
}

/** Forks that outlast a request, on time that can be made to pass. */
export function deadline(host: Host): void {
  const today = ({ deployment }: Scene) => idOf("daily", deployment.clock.now());
  group(host, "out of time", { options: {}, time: "virtual" }, (check) => {
    check(
      "a long fork is answered within 30 s as creating, and joined by the next call",
      { forks: 1, destroys: 1 },
      async (scene) => {
        scene.project.settings.forkMs = 2 * MINUTE_MS;
        const old = seedOld(scene);
        const { answer, ms } = await timed(scene, () => scene.send("POST", DAILY));
        expectCreating(answer, scene, old);
        expect(pick(answer.body, "result", "percentage")).toBeGreaterThanOrEqual(20);
        expect(ms).toBeGreaterThan(25_000);
        expect(ms).toBeLessThanOrEqual(30_000);
        expect(scene.ready()).toEqual([old, "main"]);
        await pass(scene, MINUTE_MS);
        expectCreating(await scene.send("POST", BACKUP_NOW), scene, old);
        expectOk(await scene.send("POST", DAILY), { result: aResult("daily", today(scene), old) });
        await pass(scene, 1_000);
        expect(scene.ready()).toEqual([today(scene), "main"]);
      },
    );

    check(
      "what nobody waited for is completed by the next scheduled run",
      { forks: 1, destroys: 1 },
      async (scene) => {
        scene.project.settings.forkMs = 10 * MINUTE_MS;
        const old = seedOld(scene);
        scene.seed(idOf("weekly", scene.deployment.clock.now()));
        expectCreating(await scene.send("POST", DAILY), scene, old);
        await pass(scene, 20 * MINUTE_MS);
        expect(scene.ready()).toContain(old);
        expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: true, reason: "NOT_DUE" } });
        await pass(scene, 1_000);
        expect(scene.ready()).not.toContain(old);
        expect(scene.ready()).toContain(today(scene));
      },
    );

    check("the plugin accepts the answer in between", { forks: 1 }, async (scene) => {
      scene.project.settings.forkMs = 10 * MINUTE_MS;
      const answer = await scene.send("POST", BACKUP_NOW);
      expectCreating(answer, scene, null);
      expect(acceptsBackupNow(answer.body)).toEqual([]);
    });

    check(
      "today's own copy waits under another name until its successor is ready",
      { forks: 1, renames: 1 },
      async (scene) => {
        scene.project.settings.forkMs = 10 * MINUTE_MS;
        scene.seed(today(scene));
        expectCreating(await scene.send("GET", `${DAILY}?force=true`), scene, today(scene));
        expect(scene.ready()).toEqual([expect.stringMatching(/-superseded-\d{9}$/), "main"]);
      },
    );

    check("initialize says that it is under way, and later that it is done", { forks: 2 }, async (scene) => {
      scene.project.settings.forkMs = MINUTE_MS;
      const first = await scene.send("POST", INITIALIZE);
      expectOk(first, { result: { daily: { state: "creating" }, weekly: { state: "creating" } } });
      expect(pick(first.body, "message")).not.toMatch(/completed/);
      await pass(scene, MINUTE_MS);
      expectOk(await scene.send("POST", INITIALIZE), {
        message: "Initialization completed successfully!",
      });
    });

    check("scheduled backups say creating, and join what is under way", { forks: 1 }, async (scene) => {
      scene.project.settings.forkMs = 10 * MINUTE_MS;
      scene.seed(idOf("weekly", scene.deployment.clock.now()));
      for (let time = 0; time < 2; time += 1)
        expectOk(await scene.send("GET", SCHEDULED), {
          result: { results: [{ scope: "daily", status: "creating", result: { state: "creating" } }] },
        });
    });

    check(
      "a fork that fails while nobody looks is made again by the next call",
      { forks: 2 },
      async (scene) => {
        scene.project.settings.forkMs = 2 * MINUTE_MS;
        scene.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
        expectCreating(await scene.send("POST", DAILY), scene, null);
        await pass(scene, 5 * MINUTE_MS);
        scene.project.settings.forkMs = 1_000;
        expectOk(await scene.send("POST", DAILY), { result: aResult("daily", today(scene), null) });
      },
    );

    check("a rate limit is waited out twice, for 14 s and more", { forks: 1 }, async (scene) => {
      const effect: FaultEffect = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "7" } };
      scene.project.faults.add({ operation: "environments.list", times: 2, effect });
      const { answer, ms } = await timed(scene, () => scene.send("POST", WEEKLY));
      expectOk(answer);
      expect(ms).toBeGreaterThanOrEqual(14_000);
    });

    check("a rate limit that outlasts the request: RATE_LIMITED within 30 s", "reads", async (scene) => {
      const effect: FaultEffect = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "7" } };
      scene.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
      const { answer, ms } = await timed(scene, () => scene.send("POST", DAILY));
      expectCause(answer, "RATE_LIMITED");
      expect(ms).toBeLessThanOrEqual(30_000);
    });

    for (const [what, effect] of OUTAGES)
      for (const [method, path, options] of CALLS)
        check(`${method} ${path} gives up on a DatoCMS that ${what} within 8 s`, "reads", async (scene) => {
          scene.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
          const { answer, ms } = await timed(scene, () => scene.send(method, path, options));
          expectCause(answer, "DATOCMS_UNAVAILABLE");
          expect(ms).toBeLessThanOrEqual(8_000);
        });
  });
}
