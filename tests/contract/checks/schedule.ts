import { expect } from "vitest";
import { anInstant, aResult, expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import { DAY_MS, dateOf, idOf, tokenWithWeeklyDay } from "../tokens.ts";
import { SCHEDULED } from "../wire.ts";
import { CADENCES } from "./pluginClient.ts";
import { daysAgo, save, seedCopy, untouched } from "./saved.ts";

function executed(scope: string, deleted: string | null = null) {
  return { scope, status: "executed", result: aResult(scope, idOf(scope), deleted) };
}

/** What runs over all cadences make of the schedule that the plugin's user has saved. */
export function savedSchedule(host: Host): void {
  const weeklyThreeDaysAgo = async () => ({ token: await tokenWithWeeklyDay(3) });
  group(host, "runs of a saved schedule", { options: weeklyThreeDaysAgo }, (check) => {
    runsByDate(host, check);
  });
  group(host, "runs under way", { options: weeklyThreeDaysAgo, time: "virtual" }, (check) => {
    check("scheduled backups say creating for each that is not ready", { forks: 2 }, async (scene) => {
      const now = scene.deployment.clock.now();
      save(scene, { enabledCadences: ["weekly", "monthly"], anchorLocalDate: dateOf(now) });
      scene.project.settings.forkMs = 600_000;
      const answer = await scene.send("GET", SCHEDULED);
      expectOk(answer);
      const creating = (scope: string) => ({
        scope,
        status: "creating",
        result: {
          scope,
          state: "creating",
          percentage: expect.any(Number),
          createdEnvironmentId: idOf(scope, now),
          deletedEnvironmentId: null,
          deletedEnvironmentIds: [],
          replaces: null,
        },
      });
      expect(pick(answer.body, "result")).toMatchObject({ skipped: false });
      expect(pick(answer.body, "result", "results")).toEqual([creating("weekly"), creating("monthly")]);
    });
  });
}

function runsByDate(host: Host, check: Check): void {
  const facts = (enabledCadences: readonly string[], anchorLocalDate = daysAgo(0)) => ({
    scheduler: { provider: host.provider, cadence: host.cadence, enabled: true },
    schedule: { timezone: "UTC", enabledCadences, anchorLocalDate },
    checkedAt: anInstant(),
  });

  for (const method of ["GET", "POST"])
    check(`${method} makes all four on the anchor's day, and then none`, { forks: 4 }, async (scene) => {
      const kept = save(scene, { enabledCadences: [...CADENCES] });
      const first = await scene.send(method, SCHEDULED);
      expectOk(first);
      expect(first.body).toEqual({
        ok: true,
        result: { ...facts(CADENCES), skipped: false, results: CADENCES.map((cadence) => executed(cadence)) },
      });
      const second = await scene.send(method, SCHEDULED);
      expectOk(second);
      expect(second.body).toEqual({
        ok: true,
        result: { ...facts(CADENCES), skipped: true, reason: "NOT_DUE", results: [] },
      });
      untouched(scene, kept);
    });

  check("before the anchor nothing is due", "reads", async (scene) => {
    save(scene, { enabledCadences: [...CADENCES], anchorLocalDate: daysAgo(-1) });
    const answer = await scene.send("GET", SCHEDULED);
    expect(answer.body).toEqual({
      ok: true,
      result: { ...facts(CADENCES, daysAgo(-1)), skipped: true, reason: "NOT_DUE", results: [] },
    });
  });

  check("a missed date is made up for, whatever is there of it", { forks: 2, destroys: 1 }, async (scene) => {
    save(scene, { enabledCadences: ["weekly", "biweekly", "monthly"], anchorLocalDate: daysAgo(17) });
    seedCopy(scene, "weekly", 4);
    seedCopy(scene, "biweekly", 3);
    const old = idOf("weekly", Date.now() - 4 * DAY_MS);
    const answer = await scene.send("GET", SCHEDULED);
    expect(pick(answer.body, "result", "results")).toEqual([executed("weekly", old), executed("monthly")]);
  });

  check("disconnected, it answers with the schedule that rests", "reads", async (scene) => {
    const disconnectedAt = new Date(Date.now() - 1_000).toISOString();
    save(scene, { enabledCadences: ["monthly"] }, { schedulerDisconnect: { disconnectedAt } });
    const { scheduler, ...others } = facts(["monthly"]);
    expect((await scene.send("GET", SCHEDULED)).body).toEqual({
      ok: true,
      result: {
        ...others,
        scheduler: { ...scheduler, enabled: false, disconnectedAt },
        skipped: true,
        reason: "SCHEDULER_DISABLED",
        results: [],
      },
    });
  });

  for (const [title, failing] of [
    ["one of three", ["biweekly"]],
    ["all three", ["daily", "biweekly", "monthly"]],
  ] as const)
    check(
      `${title} failed: 500 with the same result, each cause beside its scope`,
      { forks: 3 },
      async (scene) => {
        const enabledCadences = ["daily", "biweekly", "monthly"];
        save(scene, { enabledCadences });
        for (const cadence of failing)
          scene.project.faults.add({ environment: idOf(cadence), effect: { kind: "job-fails" } });
        const answer = await scene.send("GET", SCHEDULED);
        expect(answer.status).toBe(500);
        expect(answer.body).toEqual({
          ok: false,
          error: {
            code: "SCHEDULED_BACKUPS_PARTIAL_FAILURE",
            message: expect.stringContaining(failing.join(", ")),
            details: { failedScopes: failing, requestId: expect.stringMatching(/^[\da-f-]{36}$/) },
          },
          result: {
            ...facts(enabledCadences),
            skipped: false,
            results: enabledCadences.map((scope) =>
              failing.some((each) => each === scope)
                ? {
                    scope,
                    status: "failed",
                    error: {
                      code: "FORK_FAILED",
                      message: expect.stringMatching(/\S/),
                      details: expect.any(Object),
                    },
                  }
                : executed(scope),
            ),
          },
        });
        const made = enabledCadences.filter((scope) => !failing.some((each) => each === scope));
        expect(scene.ready()).toEqual([...made.map((scope) => idOf(scope)), "main"].sort());
      },
    );

  check(
    "an invalid schedule runs by what is taken instead, and stays as it is",
    { forks: 2 },
    async (scene) => {
      const kept = save(scene, { enabledCadences: "all", timezone: "here", anchorLocalDate: 1 });
      expectOk(await scene.send("GET", SCHEDULED), {
        result: {
          skipped: false,
          schedule: { timezone: "Europe/London", enabledCadences: ["daily", "weekly"] },
        },
      });
      untouched(scene, kept);
    },
  );

  check("days are those of the saved zone, names those of UTC", { forks: 1 }, async (scene) => {
    // One of the two has another date than UTC at any hour.
    const isAhead = new Date().getUTCHours() >= 10;
    const timezone = isAhead ? "Pacific/Kiritimati" : "Pacific/Pago_Pago";
    const today = daysAgo(isAhead ? -1 : 1);
    const tomorrow = daysAgo(isAhead ? -2 : 0);
    save(scene, { enabledCadences: ["weekly"], timezone, anchorLocalDate: tomorrow });
    expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: true, reason: "NOT_DUE" } });
    save(scene, { enabledCadences: ["weekly"], timezone, anchorLocalDate: today });
    const answer = await scene.send("GET", SCHEDULED);
    expect(pick(answer.body, "result", "results")).toEqual([executed("weekly")]);
    expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: true, reason: "NOT_DUE" } });
  });
}
