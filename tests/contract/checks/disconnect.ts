import { expect } from "vitest";
import { anInstant, expectError, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, idOf, tokenAwake } from "../tokens.ts";
import {
  BACKUP_NOW,
  DAILY,
  DISCONNECT,
  disconnectBody,
  greeting,
  INITIALIZE,
  SCHEDULED,
  STATUS,
  statusBody,
  WEEKLY,
} from "../wire.ts";

const OLD = Date.now() - 9 * DAY_MS;

/** What users have there; none of it is the service's. */
const KEPT = {
  deploymentURL: "https://backups.example.com",
  netlifyURL: "",
  lambdaAuthSecret: "kept-as-it-was",
  lambdaConnection: { status: "connected", endpoint: "x", lastCheckedAt: "2026-01-01T00:00:00.000Z" },
  backupSchedule: {
    version: 1,
    enabledCadences: ["daily"],
    timezone: "Europe/Rome",
    anchorLocalDate: "2026-01-01",
    updatedAt: "2026-01-01T00:00:00.000Z",
  },
  debug: false,
  "a key of tomorrow": [1, { two: null }],
};

function parametersOf({ project }: Scene, environment = "main"): unknown {
  return project.environment(environment)?.plugins[0]?.parameters;
}

async function disconnect({ send }: Scene, environment = "main") {
  const body = { ...disconnectBody, plugin: { ...disconnectBody.plugin, environment } };
  const answer = await send("POST", DISCONNECT, { body });
  expectOk(answer);
  return answer.body;
}

/** As the plugin records that somebody, or its own screen, has tested the connection. */
function tested({ project }: Scene, lastCheckPhase: string, lastCheckedAt: number): void {
  const parameters = project.environment("main")?.plugins[0]?.parameters;
  project.user.setParameters("main", {
    ...parameters,
    lambdaConnection: {
      status: "connected",
      endpoint: "https://backups.example.com",
      lastCheckedAt: new Date(lastCheckedAt).toISOString(),
      lastCheckPhase,
    },
  });
}

async function isSkipped({ send }: Scene): Promise<void> {
  expectOk(await send("GET", SCHEDULED), {
    result: { skipped: true, reason: "SCHEDULER_DISABLED", results: [] },
  });
}

/** Disconnecting: what it writes, what it stops, what it does not, and what ends it. */
export function disconnecting(host: Host): void {
  group(host, "disconnect", { options: async () => ({ token: await tokenAwake() }) }, (check) => {
    check("answers as documented", { updates: 1 }, async (scene) => {
      const body = await disconnect(scene);
      expect(body).toEqual({
        ...greeting("SCHEDULER_DISCONNECTED"),
        scheduler: { enabled: false, disconnectedAt: anInstant() },
        plugin: { id: scene.project.environment("main")?.plugins[0]?.id },
      });
    });

    check("adds its own note and keeps every other key", { updates: 1 }, async (scene) => {
      scene.project.user.setParameters("main", KEPT);
      const disconnectedAt = pick(await disconnect(scene), "scheduler", "disconnectedAt");
      const { lastCheckedAt } = KEPT.lambdaConnection;
      expect(parametersOf(scene)).toEqual({
        ...KEPT,
        schedulerDisconnect: { disconnectedAt, lastCheckedAt },
      });
    });

    check("remembers that there was no test before it", { updates: 1 }, async (scene) => {
      const disconnectedAt = pick(await disconnect(scene), "scheduler", "disconnectedAt");
      expect(parametersOf(scene)).toEqual({ schedulerDisconnect: { disconnectedAt, lastCheckedAt: null } });
    });

    check("reads right before it writes", { updates: 1 }, async (scene) => {
      await disconnect(scene);
      expect(
        scene
          .requests()
          .slice(-2)
          .map(({ operation }) => operation),
      ).toEqual(["plugins.list", "plugins.update"]);
    });

    check("writes to the primary's plugin, whatever environment is named", { updates: 1 }, async (scene) => {
      scene.seed("staging");
      scene.project.user.setParameters("staging", { of: "staging" });
      await disconnect(scene, "staging");
      expect(parametersOf(scene)).toHaveProperty("schedulerDisconnect");
      expect(parametersOf(scene, "staging")).toEqual({ of: "staging" });
    });

    check("takes the name of an environment that is not there", { updates: 1 }, async (scene) => {
      await disconnect(scene, "nowhere");
      expect(parametersOf(scene)).toHaveProperty("schedulerDisconnect");
    });

    check("a second time is as good as the first", { updates: 1 }, async (scene) => {
      const schedulerDisconnect = { disconnectedAt: new Date(Date.now() - 60_000).toISOString() };
      scene.project.user.setParameters("main", { ...KEPT, schedulerDisconnect });
      const disconnectedAt = pick(await disconnect(scene), "scheduler", "disconnectedAt");
      expect(disconnectedAt).not.toBe(schedulerDisconnect.disconnectedAt);
      const { lastCheckedAt } = KEPT.lambdaConnection;
      expect(parametersOf(scene)).toEqual({
        ...KEPT,
        schedulerDisconnect: { disconnectedAt, lastCheckedAt },
      });
    });

    check(
      "without the plugin: 404 PLUGIN_NOT_FOUND",
      "reads",
      async ({ send }) => {
        expectError(await send("POST", DISCONNECT, { body: disconnectBody }), 404, "PLUGIN_NOT_FOUND");
      },
      { options: { project: { plugin: null } } },
    );
    check(
      "with another plugin only: 404 PLUGIN_NOT_FOUND",
      "reads",
      async ({ send }) => {
        expectError(await send("POST", DISCONNECT, { body: disconnectBody }), 404, "PLUGIN_NOT_FOUND");
      },
      { options: { project: { plugin: null, plugins: [{ name: "Another" }] } } },
    );

    check("scheduled runs over all cadences are skipped", { updates: 1 }, async (scene) => {
      await disconnect(scene);
      await isSkipped(scene);
      expectOk(await scene.send("POST", SCHEDULED), {
        result: { skipped: true, reason: "SCHEDULER_DISABLED" },
      });
    });

    for (const [path, scope] of [
      [DAILY, "daily"],
      [WEEKLY, "weekly"],
    ] as const)
      check(
        `the ${scope} job is skipped when its slot comes`,
        { updates: 1 },
        async (scene) => {
          scene.seed(idOf(scope, OLD), OLD);
          await disconnect(scene);
          const answer = await scene.send("GET", path);
          expectOk(answer, { skipped: true, reason: "SCHEDULER_DISABLED", scope });
          expect(answer.body).toHaveProperty("schedule.slotHourUtc");
        },
        { needs: ["scheduled-get"] },
      );

    check("nothing is tidied up either", { updates: 1 }, async (scene) => {
      for (const days of [5, 6, 7])
        scene.seed(idOf("monthly", Date.now() - days * DAY_MS), Date.now() - days * DAY_MS);
      await disconnect(scene);
      await isSkipped(scene);
      expect(scene.ready()).toHaveLength(4);
    });

    for (const [title, method, path, made] of [
      ["a manual run", "POST", DAILY, ["daily"]],
      ["a forced run", "GET", `${WEEKLY}?force=true`, ["weekly"]],
      ["the plugin's button", "POST", BACKUP_NOW, ["daily"]],
      ["initialize", "POST", INITIALIZE, ["daily", "weekly"]],
    ] as const)
      check(`${title} goes ahead all the same`, { updates: 1, forks: made.length }, async (scene) => {
        await disconnect(scene);
        expectOk(await scene.send(method, path));
        expect(scene.forked().sort()).toEqual(made.map((cadence) => idOf(cadence)));
      });

    for (const [title, phase, ms] of [
      ["a later test of the connection (config_connect) ends it", "config_connect", 1_000],
      ["a later test of the connection (finish_installation) ends it", "finish_installation", 1_000],
      ["a test of a browser that is 20 minutes behind ends it", "config_connect", -20 * 60_000],
    ] as const)
      check(title, { updates: 1, forks: 1, destroys: 1 }, async (scene) => {
        scene.seed(idOf("daily", OLD), OLD);
        scene.seed(idOf("weekly"));
        await disconnect(scene);
        tested(scene, phase, Date.now() + ms);
        expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
        expect(scene.forked()).toEqual([idOf("daily")]);
        expectOk(await scene.send("POST", STATUS, { body: statusBody }), {
          scheduler: { enabled: true },
        });
      });

    check("opening the plugin's screen (config_mount) does not end it", { updates: 1 }, async (scene) => {
      await disconnect(scene);
      tested(scene, "config_mount", Date.now() + 1_000);
      await isSkipped(scene);
    });

    for (const [title, ms] of [
      ["an earlier test of the connection does not end it", -60_000],
      ["nor does one before it of a browser that is 20 minutes ahead", 20 * 60_000],
    ] as const)
      check(title, { updates: 1 }, async (scene) => {
        tested(scene, "config_connect", Date.now() + ms);
        await disconnect(scene);
        await isSkipped(scene);
      });
  });
}
