import { expect } from "vitest";
import * as z from "zod";
import { anInstant, aResult, expectCause, expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import { DAY_MS, idOf, tokenWithWeeklyDay } from "../tokens.ts";
import {
  disconnectBody,
  greeting,
  healthBody,
  INITIALIZE,
  PATHS,
  ROUTES,
  SCHEDULED,
  statusBody,
} from "../wire.ts";

/** Of an earlier day, and not so old that a run by hand must leave it. */
const OLD = Date.now() - 1.5 * DAY_MS;
const LONG_AGO = Date.now() - 9 * DAY_MS;
const Both = z.object({
  result: z.object({ weekly: z.object({ deletedEnvironmentId: z.string().nullable() }) }),
});

/** Both copies at once, as often as one likes. */
export function initialize(host: Host): void {
  group(host, "initialize", { options: "shared" }, (check) => {
    for (const method of ["GET", "POST"])
      check(`${method} makes both copies`, { forks: 2 }, async (scene) => {
        const answer = await scene.send(method, INITIALIZE);
        expectOk(answer);
        expect(answer.body).toEqual({
          ok: true,
          message: "Initialization completed successfully!",
          result: {
            daily: aResult("daily", idOf("daily"), null),
            weekly: aResult("weekly", idOf("weekly"), null),
          },
        });
        expect(scene.forked().sort()).toEqual([idOf("daily"), idOf("weekly")]);
        expect(scene.ready()).toEqual([idOf("daily"), idOf("weekly"), "main"]);
      });

    check("again changes nothing", { forks: 2 }, async (scene) => {
      expectOk(await scene.send("POST", INITIALIZE));
      expectOk(await scene.send("POST", INITIALIZE), {
        message: "Initialization completed successfully!",
        result: {
          daily: { createdEnvironmentId: idOf("daily"), deletedEnvironmentId: null, reused: true },
          weekly: { createdEnvironmentId: idOf("weekly"), deletedEnvironmentId: null, reused: true },
        },
      });
    });

    check("makes only what today lacks", { forks: 1 }, async (scene) => {
      scene.seed(idOf("daily"));
      expectOk(await scene.send("POST", INITIALIZE), { result: { daily: { reused: true } } });
      expect(scene.forked()).toEqual([idOf("weekly")]);
    });

    check("older copies go once the new ones are ready", { forks: 2, destroys: 2 }, async (scene) => {
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence, OLD), OLD);
      const first = await scene.send("POST", INITIALIZE);
      expectOk(first, { result: { daily: aResult("daily", idOf("daily"), idOf("daily", OLD)) } });
      // A host that allows few calls leaves the second one to whoever comes next.
      const { deletedEnvironmentId } = Both.parse(first.body).result.weekly;
      if (deletedEnvironmentId !== idOf("weekly", OLD))
        expectOk(await scene.send("POST", INITIALIZE), {
          result: { weekly: aResult("weekly", idOf("weekly"), idOf("weekly", OLD)) },
        });
    });

    check(
      "three at the same moment make two copies",
      { forks: 2 },
      async (scene) => {
        // Slow enough that the three are under way together.
        scene.project.settings.latencyMs = 30;
        const answers = await Promise.all([1, 2, 3].map(() => scene.send("POST", INITIALIZE)));
        for (const answer of answers) expectOk(answer, { message: "Initialization completed successfully!" });
      },
      { needs: ["one-process"] },
    );

    check("when one copy fails, the other is told", { forks: 2 }, async (scene) => {
      scene.project.faults.add({ environment: idOf("weekly"), effect: { kind: "job-fails" } });
      const answer = await scene.send("POST", INITIALIZE);
      expectCause(answer, "FORK_FAILED");
      expect(answer.body).toHaveProperty("error.details.result.daily.createdEnvironmentId", idOf("daily"));
      expect(answer.body).toHaveProperty("error.details.result.weekly.code", "FORK_FAILED");
      expect(scene.ready()).toEqual([idOf("daily"), "main"]);
    });
  });
}

/** Every cadence that is due by date. */
export function scheduledBackups(host: Host): void {
  const facts = {
    scheduler: { provider: host.provider, cadence: host.cadence, enabled: true },
    schedule: { timezone: "UTC", enabledCadences: ["daily", "weekly"], anchorLocalDate: null },
    checkedAt: anInstant(),
  };
  const executed = (scope: string) => ({
    scope,
    status: "executed",
    result: aResult(scope, idOf(scope), null),
  });

  group(
    host,
    "scheduled backups",
    { options: async () => ({ token: await tokenWithWeeklyDay(0) }) },
    (check) => {
      for (const method of ["GET", "POST"])
        check(`${method} makes what is due`, { forks: 2 }, async (scene) => {
          const answer = await scene.send(method, SCHEDULED);
          expectOk(answer);
          expect(answer.body).toEqual({
            ok: true,
            result: { ...facts, skipped: false, results: [executed("daily"), executed("weekly")] },
          });
          expect(scene.forked().sort()).toEqual([idOf("daily"), idOf("weekly")]);
        });

      check("afterwards nothing is due", { forks: 2 }, async (scene) => {
        expectOk(await scene.send("GET", SCHEDULED));
        const answer = await scene.send("GET", SCHEDULED);
        expectOk(answer);
        expect(answer.body).toEqual({
          ok: true,
          result: { ...facts, skipped: true, reason: "NOT_DUE", results: [] },
        });
      });

      check("while disconnected nothing runs", "reads", async (scene) => {
        const disconnectedAt = new Date(Date.now() - 1_000).toISOString();
        scene.project.user.setParameters("main", { schedulerDisconnect: { disconnectedAt } });
        const answer = await scene.send("GET", SCHEDULED);
        expectOk(answer);
        expect(answer.body).toEqual({
          ok: true,
          result: {
            ...facts,
            scheduler: { ...facts.scheduler, enabled: false, disconnectedAt },
            skipped: true,
            reason: "SCHEDULER_DISABLED",
            results: [],
          },
        });
      });

      check(
        "when one fails: 500 SCHEDULED_BACKUPS_PARTIAL_FAILURE, and what was made is told",
        { forks: 2 },
        async (scene) => {
          scene.project.faults.add({ environment: idOf("weekly"), effect: { kind: "job-fails" } });
          const answer = await scene.send("GET", SCHEDULED);
          const failedScopes = ["weekly"];
          expectError(
            answer,
            500,
            "SCHEDULED_BACKUPS_PARTIAL_FAILURE",
            expect.objectContaining({ failedScopes }),
          );
          expect(answer.body).toMatchObject({
            result: {
              ...facts,
              skipped: false,
              results: [
                executed("daily"),
                { scope: "weekly", status: "failed", error: { code: "FORK_FAILED" } },
              ],
            },
          });
          expect(scene.ready()).toEqual([idOf("daily"), "main"]);
        },
      );

      check("a body that is no JSON object is refused", "no calls", async ({ send }) => {
        expectError(await send("POST", SCHEDULED, { body: "[]" }), 400, "INVALID_BODY");
      });
    },
  );

  group(
    host,
    "scheduled backups on another day",
    { options: async () => ({ token: await tokenWithWeeklyDay(3) }) },
    (check) => {
      check("daily alone is due", { forks: 1 }, async (scene) => {
        expectOk(await scene.send("GET", SCHEDULED), { result: { ...facts, skipped: false } });
        expect(scene.forked()).toEqual([idOf("daily")]);
      });
      check("an older weekly copy does not make it due", { forks: 1 }, async (scene) => {
        scene.seed(idOf("weekly", LONG_AGO), LONG_AGO);
        expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
        expect(scene.forked()).toEqual([idOf("daily")]);
      });
      check(
        "the day after a missed weekly one, it is made up for",
        { forks: 2, destroys: 1 },
        async (scene) => {
          scene.seed(idOf("weekly", LONG_AGO), LONG_AGO);
          expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
          expect(scene.forked().sort()).toEqual([idOf("daily"), idOf("weekly")]);
        },
        { options: async () => ({ token: await tokenWithWeeklyDay(1) }) },
      );
    },
  );
}

const BODIES: Readonly<Record<string, object>> = {
  "plugin-health": healthBody,
  "backup-status": statusBody,
  "scheduler-disconnect": disconnectBody,
};
const GREETINGS: Readonly<Record<string, string>> = {
  "plugin-health": "PONG",
  "backup-status": "STATUS",
  "scheduler-disconnect": "SCHEDULER_DISCONNECTED",
  "backup-now": "BACKUP_NOW",
};

/** The addresses of older deployments. */
export function aliases(host: Host): void {
  group(host, "aliases", { options: "shared" }, (check) => {
    const claims: Readonly<Record<string, "no calls" | "reads" | { forks?: number; updates?: number }>> = {
      "plugin-health": "no calls",
      "backup-status": "reads",
      "scheduler-disconnect": { updates: 1 },
      "backup-now": { forks: 1 },
      initialization: { forks: 2 },
      dailyBackup: { forks: 1 },
      weeklyBackup: { forks: 1 },
    };
    for (const alias of PATHS.filter((path) => path.startsWith("/.netlify/"))) {
      const name = alias.split("/").at(-1) ?? "";
      const word = GREETINGS[name];
      const special = name.endsWith("Backup") ? ({ needs: ["cron-addresses"] } as const) : {};
      check(
        `${alias} does the same`,
        claims[name] ?? "reads",
        async ({ send }) => {
          const body = BODIES[name];
          expectOk(await send("POST", alias, { body }), word === undefined ? {} : greeting(word));
        },
        special,
      );
    }
    check("every alias is checked", "no calls", async () => {
      const names = ROUTES.flatMap(({ alias }) => alias?.split("/").at(-1) ?? []);
      expect(names.sort()).toEqual(Object.keys(claims).sort());
    });
  });
}
