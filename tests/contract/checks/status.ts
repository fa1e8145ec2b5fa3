import { expect } from "vitest";
import { anInstant, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import { acceptsStatus } from "../plugin.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf, tokenAsleep, tokenAwake, tokenWithWeeklyDay } from "../tokens.ts";
import { BACKUP_NOW, greeting, STATUS, statusBody } from "../wire.ts";

/** Asks for the status, and takes no answer that the plugin would not take. */
async function statusOf({ send }: Scene): Promise<unknown> {
  const answer = await send("POST", STATUS, { body: statusBody });
  expectOk(answer);
  expect(acceptsStatus(answer.body)).toEqual([]);
  return answer.body;
}

/** What the plugin's overview shows. */
export function status(host: Host): void {
  group(host, "status", { options: "shared" }, (check) => {
    check("answers as documented, in at most three calls", "reads", async (scene) => {
      const body = await statusOf(scene);
      const slot = { executionMode: "lambda_cron", lastBackupAt: null, nextBackupAt: anInstant() };
      expect(body).toMatchObject({
        ...greeting("STATUS"),
        scheduler: { provider: host.provider, cadence: host.cadence },
        slots: { daily: { scope: "daily", ...slot }, weekly: { scope: "weekly", ...slot } },
        checkedAt: anInstant(),
      });
      expect(scene.requests().length).toBeLessThanOrEqual(3);
    });

    check("names the copy that was just made", { forks: 1 }, async (scene) => {
      const made = await scene.send("POST", BACKUP_NOW);
      const body = await statusOf(scene);
      const id = `backup-plugin-daily-${String(pick(body, "slots", "daily", "lastBackupAt")).slice(0, 10)}`;
      expect(pick(made.body, "result", "createdEnvironmentId")).toBe(id);
      expect(scene.ready()).toContain(id);
      expect(pick(body, "slots", "weekly", "lastBackupAt")).toBeNull();
    });

    check("reports a time inside the day of the copy's name", "reads", async (scene) => {
      const named = Date.now() - 3 * DAY_MS;
      const midnight = Date.parse(dateOf(named + DAY_MS));
      scene.seed(idOf("daily", named), midnight + 30_000);
      const body = await statusOf(scene);
      expect(String(pick(body, "slots", "daily", "lastBackupAt")).slice(0, 10)).toBe(dateOf(named));
    });

    check("counts no copy that is still being made", "reads", async (scene) => {
      scene.project.settings.forkMs = 600_000;
      scene.project.user.fork(null, idOf("daily"));
      expect(pick(await statusOf(scene), "slots", "daily", "lastBackupAt")).toBeNull();
    });

    check("counts nothing of the user's, whatever it begins with", "reads", async (scene) => {
      scene.seed("backup-plugin-daily-keep-before-launch");
      scene.seed("backup-plugin-weekly-2026-02-30");
      const body = await statusOf(scene);
      expect(pick(body, "slots", "daily", "lastBackupAt")).toBeNull();
      expect(pick(body, "slots", "weekly", "lastBackupAt")).toBeNull();
    });

    check("promises nothing while disconnected", "reads", async (scene) => {
      const disconnectedAt = new Date(Date.now() - 60_000).toISOString();
      scene.project.user.setParameters("main", { schedulerDisconnect: { disconnectedAt } });
      const body = await statusOf(scene);
      expect(body).toMatchObject({ scheduler: { enabled: false, disconnectedAt } });
      expect(pick(body, "slots", "daily", "nextBackupAt")).toBeNull();
      expect(pick(body, "slots", "weekly", "nextBackupAt")).toBeNull();
    });

    for (const [title, token] of [
      ["its slots are open", tokenAwake],
      ["its slots are far", tokenAsleep],
      ["weekly's day is today", () => tokenWithWeeklyDay(0)],
      ["weekly's day was yesterday", () => tokenWithWeeklyDay(1)],
    ] as const)
      check(
        `names a next time that lies ahead: ${title}`,
        "reads",
        async (scene) => {
          for (const seeds of [[], [-7, -1], [0]]) {
            for (const days of seeds) {
              const at = Date.now() + days * DAY_MS - 1_000;
              for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence, at), at);
            }
            const body = await statusOf(scene);
            for (const cadence of ["daily", "weekly"]) {
              const next = Date.parse(String(pick(body, "slots", cadence, "nextBackupAt")));
              expect(next).toBeGreaterThan(Date.parse(String(pick(body, "checkedAt"))));
              expect(next).toBeLessThan(Date.now() + 9 * DAY_MS);
            }
          }
        },
        { options: async () => ({ token: await token() }) },
      );

    check(
      "does without the plugin",
      "reads",
      async (scene) => {
        expect(pick(await statusOf(scene), "slots", "daily", "nextBackupAt")).toEqual(anInstant());
      },
      { options: { project: { plugin: null } } },
    );
  });
}
