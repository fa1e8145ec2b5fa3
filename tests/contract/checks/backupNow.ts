import { expect } from "vitest";
import { anInstant, aResult, eventually, expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import { acceptsBackupNow } from "../plugin.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, idOf } from "../tokens.ts";
import { BACKUP_NOW, backupNowBody, greeting, PLUGIN, VERSION } from "../wire.ts";

/** Of an earlier day, and not so old that a run by hand must leave it. */
const OLD = Date.now() - 1.5 * DAY_MS;

const TRIGGER = { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_TRIGGER", version: VERSION };
const plugin = { name: PLUGIN, environment: "main" };

/** What older builds of the plugin send; without a slot they mean daily. */
const OLDER_BODIES = [
  ["backup_now", { event_type: "backup_now", mpi: TRIGGER, plugin }, "daily"],
  [
    "backup_now with a slot",
    { event_type: "backup_now", mpi: TRIGGER, plugin, slot: { scope: "weekly" } },
    "weekly",
  ],
  ["manual_backup without mpi", { event_type: "manual_backup", plugin }, "daily"],
] as const;

async function makes(scene: Scene, cadence: string, method: string, body?: unknown): Promise<void> {
  const answer = await scene.send(method, BACKUP_NOW, { body });
  const id = idOf(cadence);
  expectOk(answer);
  expect(answer.body).toEqual({
    ...greeting("BACKUP_NOW"),
    result: aResult(cadence, id, null),
    checkedAt: anInstant(),
    backup: {
      scope: cadence,
      executionMode: "lambda_cron",
      createdEnvironmentId: id,
      deletedEnvironmentId: null,
      completedAt: anInstant(),
    },
  });
  expect(acceptsBackupNow(answer.body)).toEqual([]);
  expect(scene.forked()).toEqual([id]);
  expect(scene.project.environment(id)).toMatchObject({ status: "ready", forkedFrom: "main" });
}

/** The plugin's button, and the documented call without a body. */
export function backupNow(host: Host): void {
  group(host, "backup now", { options: "shared" }, (check) => {
    check("GET makes a daily copy", { forks: 1 }, (scene) => makes(scene, "daily", "GET"));
    check("POST without a body makes a daily copy", { forks: 1 }, (scene) => makes(scene, "daily", "POST"));
    check("POST with an empty object makes a daily copy", { forks: 1 }, (scene) =>
      makes(scene, "daily", "POST", {}),
    );
    for (const cadence of ["daily", "weekly", "biweekly", "monthly"])
      check(`the plugin's body makes a ${cadence} copy`, { forks: 1 }, (scene) =>
        makes(scene, cadence, "POST", backupNowBody(cadence)),
      );
    for (const [title, body, cadence] of OLDER_BODIES)
      check(`the older body ${title} makes a ${cadence} copy`, { forks: 1 }, (scene) =>
        makes(scene, cadence, "POST", body),
      );
    for (const scope of ["hourly", "", 5])
      check(`the scope ${JSON.stringify(scope)}: 400`, "no calls", async ({ send }) => {
        const details = { expected: "daily | weekly | biweekly | monthly", received: scope };
        expectError(
          await send("POST", BACKUP_NOW, { body: backupNowBody(scope) }),
          400,
          "INVALID_SCOPE",
          details,
        );
      });
    for (const [body, code] of [
      ["{", "INVALID_JSON"],
      ["[]", "INVALID_BODY"],
      ["null", "INVALID_BODY"],
      ['"daily"', "INVALID_BODY"],
    ] as const)
      check(`${body} as body: 400 ${code}`, "no calls", async ({ send }) => {
        expectError(await send("POST", BACKUP_NOW, { body }), 400, code);
      });

    check("the older copy goes, after the new one is ready", { forks: 1, destroys: 1 }, async (scene) => {
      scene.seed(idOf("daily", OLD), OLD);
      const answer = await scene.send("POST", BACKUP_NOW, { body: backupNowBody("daily") });
      expectOk(answer, {
        result: aResult("daily", idOf("daily"), idOf("daily", OLD)),
        backup: { createdEnvironmentId: idOf("daily"), deletedEnvironmentId: idOf("daily", OLD) },
      });
      // It is gone a moment after DatoCMS has accepted that it goes.
      await eventually(() =>
        expect(scene.events().map(({ type, id }) => [type, id])).toEqual([
          ["fork-began", idOf("daily")],
          ["ready", idOf("daily")],
          ["destroy-began", idOf("daily", OLD)],
          ["destroyed", idOf("daily", OLD)],
        ]),
      );
    });

    check(
      "today's copy is replaced, and lives until then",
      { forks: 1, renames: 1, destroys: 1 },
      async (scene) => {
        const id = idOf("daily");
        scene.seed(id);
        const answer = await scene.send("POST", BACKUP_NOW);
        expectOk(answer, { result: aResult("daily", id, id) });
        const types = scene.events().map(({ type }) => type);
        expect(types.slice(0, 4)).toEqual(["renamed", "fork-began", "ready", "destroy-began"]);
        expect(scene.events()[3]?.id).toMatch(new RegExp(`^${id}-superseded-\\d{9}$`));
        expect(scene.project.environment(id)?.status).toBe("ready");
      },
    );

    check("what is not ours stays, whatever it begins with", { forks: 1 }, async (scene) => {
      const others = ["backup-plugin-daily-keep-before-launch", "backup-plugin-daily-2026-13-01", "staging"];
      for (const id of others) scene.seed(id, OLD);
      expectOk(await scene.send("GET", BACKUP_NOW));
      expect(scene.ready()).toEqual(["main", idOf("daily"), ...others].sort());
    });

    check("another cadence's copies stay", { forks: 1 }, async (scene) => {
      scene.seed(idOf("daily", OLD), OLD);
      expectOk(await scene.send("POST", BACKUP_NOW, { body: backupNowBody("weekly") }));
      expect(scene.ready()).toEqual(["main", idOf("daily", OLD), idOf("weekly")].sort());
    });
  });
}
