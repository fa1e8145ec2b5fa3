import { expect } from "vitest";
import { evidence } from "../evidence.ts";
import { anInstant, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, SECRET, WRONG_SECRET } from "../host.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf } from "../tokens.ts";
import { SCHEDULED } from "../wire.ts";
import { CADENCES, type Heard, originOf } from "./pluginClient.ts";
import { pluginScreen } from "./pluginScreen.ts";

const URL_SAVED = "https://backups.example.com";
const MINUTE_MS = 60_000;

/** The screen as it is set up in most projects. */
function screenIn(scene: Scene, deploymentUrl = URL_SAVED) {
  return pluginScreen(scene, { deploymentUrl, secret: SECRET });
}

function parametersOf({ project }: Scene): unknown {
  return project.environments().find(({ primary }) => primary)?.plugins[0]?.parameters;
}

function understood(...all: readonly Heard[]): void {
  for (const heard of all) expect(heard).toMatchObject({ kind: "answer" });
}

/** A line whose link leads to a ready copy of that day. */
function linked(cadence: string, links = idOf(cadence)) {
  return { cadence, links, isThere: true, nextBackupAt: anInstant() };
}

/** The plugin 0.7.2 with this service, from its first connection on. */
export function pluginUse(host: Host): void {
  group(host, "the plugin's screen", { options: "shared" }, (check) => {
    for (const url of [
      URL_SAVED,
      `${URL_SAVED}/`,
      `  ${URL_SAVED}/api/datocms/plugin-health?a=b#c `,
      "backups.example.com/some/path",
    ])
      check(`connects to ${JSON.stringify(url)}`, "no calls", async (scene) => {
        expect(originOf(url)).toBe(URL_SAVED);
        understood(await screenIn(scene, url).connect());
        expect(parametersOf(scene)).toMatchObject({
          lambdaConnection: { status: "connected", lastCheckPhase: "config_connect" },
        });
      });

    check("an empty project: two lines without a copy, and nothing is written", "reads", async (scene) => {
      const screen = screenIn(scene);
      understood(await screen.connect());
      const { health, status, rows } = await screen.open();
      understood(health, status);
      const empty = { links: null, isThere: false, nextBackupAt: anInstant() };
      expect(rows).toEqual([
        { cadence: "daily", ...empty },
        { cadence: "weekly", ...empty },
      ]);
      expect(parametersOf(scene)).not.toHaveProperty("backupSchedule");
    });

    check("saving all four cadences makes four copies, each behind its link", { forks: 4 }, async (scene) => {
      const screen = screenIn(scene);
      const { before, runs, after, rows } = await screen.save(CADENCES);
      understood(before, after, ...runs.map(([, heard]) => heard));
      expect(screen.calls).toEqual([
        "parameters",
        "status",
        ...CADENCES.map((cadence) => `backup now ${cadence}`),
        "status",
      ]);
      expect(rows).toEqual(CADENCES.map((cadence) => linked(cadence)));
      expect(scene.ready()).toEqual([...CADENCES.map((cadence) => idOf(cadence)), "main"].sort());
      // The day's copies are there: no run by schedule makes them again.
      expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: true, reason: "NOT_DUE" } });
    });

    check("saving again makes only what the new cadences lack", { forks: 1 }, async (scene) => {
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
      const { runs, rows } = await screenIn(scene).save(["daily", "weekly", "monthly"]);
      expect(runs.map(([cadence]) => cadence)).toEqual(["monthly"]);
      expect(rows).toEqual(["daily", "weekly", "monthly"].map((cadence) => linked(cadence)));
    });

    check("the button works for a cadence that the schedule does not enable", { forks: 2 }, async (scene) => {
      const screen = screenIn(scene);
      await screen.save(["daily"]);
      const { run, rows } = await screen.press("monthly");
      understood(run);
      expect(scene.ready()).toContain(idOf("monthly"));
      expect(rows).toEqual([linked("daily")]);
    });

    check(
      "the button twice replaces the day's copy",
      { forks: 2, renames: 1, destroys: 1 },
      async (scene) => {
        const screen = screenIn(scene);
        understood((await screen.press("daily")).run);
        const { run, rows } = await screen.press("daily");
        expect(run).toMatchObject({
          kind: "answer",
          body: { backup: { deletedEnvironmentId: idOf("daily") } },
        });
        expect(rows[0]).toEqual(linked("daily"));
      },
    );

    check("a copy that was ready only after midnight is behind its link", "reads", async (scene) => {
      const named = Date.now() - 2 * DAY_MS;
      scene.seed(idOf("daily", named), Date.parse(dateOf(named + DAY_MS)) + 2_000);
      const { rows } = await screenIn(scene).open();
      expect(rows[0]).toEqual(linked("daily", idOf("daily", named)));
    });

    check("a copy under way when the schedule is saved is joined", "reads", async (scene) => {
      scene.project.settings.forkMs = 1_500;
      scene.project.user.fork(null, idOf("daily"));
      const { before, runs, rows } = await screenIn(scene).save(["daily"]);
      expect(before).toMatchObject({ body: { slots: { daily: { state: "creating", lastBackupAt: null } } } });
      expect(runs).toMatchObject([["daily", { kind: "answer", body: { result: { state: "ready" } } }]]);
      expect(rows).toEqual([linked("daily")]);
    });

    check("a wrong secret: UNAUTHORIZED, in words that the screen can show", "no calls", async (scene) => {
      evidence.mustNotShow(WRONG_SECRET);
      const screen = pluginScreen(scene, { deploymentUrl: URL_SAVED, secret: WRONG_SECRET });
      const refused = {
        kind: "refused",
        status: 401,
        code: "UNAUTHORIZED",
        message: expect.stringMatching(/\S/),
      };
      expect(await screen.connect()).toEqual(refused);
      expect(await screen.open()).toEqual({ health: refused, status: refused, rows: [] });
      expect((await screen.press("daily")).run).toEqual(refused);
      expect(parametersOf(scene)).toMatchObject({
        lambdaConnection: { status: "disconnected", errorCode: "UNAUTHORIZED" },
      });
    });

    check(
      "a secret that is none: MISSING_SHARED_SECRET_CONFIG, in words that the screen can show",
      "no calls",
      async (scene) => {
        const { health, status } = await screenIn(scene).open();
        for (const heard of [health, status])
          expect(heard).toMatchObject({ kind: "refused", status: 500, code: "MISSING_SHARED_SECRET_CONFIG" });
      },
      { options: { variables: { DATOCMS_BACKUPS_SHARED_SECRET: "change-me-please" } } },
    );

    check("today's copy is the primary now: the button is told once", "reads", async (scene) => {
      scene.seed(idOf("daily"));
      scene.project.user.promote(idOf("daily"));
      const screen = screenIn(scene);
      const { run } = await screen.press("daily");
      expect(run).toMatchObject({ kind: "refused", status: 409, code: "BACKUP_ID_IS_PRIMARY" });
      expect(screen.calls).toEqual(["backup now daily", "status"]);
    });

    check("the automatic path tries a conflict once more", "reads", async (scene) => {
      scene.seed(idOf("daily"));
      scene.project.user.promote(idOf("daily"));
      const screen = screenIn(scene);
      const { runs } = await screen.save(["daily"]);
      expect(runs).toMatchObject([["daily", { kind: "refused", code: "BACKUP_ID_IS_PRIMARY" }]]);
      expect(screen.calls.filter((call) => call.startsWith("backup now"))).toHaveLength(2);
    });
  });

  group(host, "the plugin far from UTC", { options: "shared" }, (check) => {
    for (const timezone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
      check(
        `a schedule saved in ${timezone} has its copies at once, and none of them twice`,
        { forks: 2 },
        async (scene) => {
          scene.project.settings.timezone = timezone;
          const { runs, rows } = await screenIn(scene).save(["daily", "weekly"]);
          understood(...runs.map(([, heard]) => heard));
          expect(rows).toEqual([linked("daily"), linked("weekly")]);
          expectOk(await scene.send("GET", SCHEDULED), {
            result: { skipped: true, reason: "NOT_DUE", schedule: { timezone } },
          });
        },
      );
  });

  group(host, "the plugin's patience", { options: {}, time: "virtual" }, (check) => {
    const today = ({ deployment }: Scene, cadence: string) => idOf(cadence, deployment.clock.now());

    check("four copies of two minutes each are asked for without giving up", { forks: 4 }, async (scene) => {
      scene.project.settings.forkMs = 2 * MINUTE_MS;
      const screen = screenIn(scene);
      const { runs, after } = await screen.save(CADENCES);
      expect(runs.map(([cadence]) => cadence)).toEqual(CADENCES);
      understood(after, ...runs.map(([, heard]) => heard));
      await scene.deployment.advance?.(3 * MINUTE_MS);
      const { rows } = await screen.open();
      expect(rows).toEqual(CADENCES.map((cadence) => linked(cadence, today(scene, cadence))));
    });

    check("a DatoCMS that never answers is told before it gives up", "reads", async (scene) => {
      const effect = { kind: "hang", when: "before" } as const;
      scene.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
      const { health, status } = await screenIn(scene).open();
      understood(health);
      expect(status).toMatchObject({ kind: "refused", status: 500, code: "INTERNAL_SERVER_ERROR" });
    });
  });
}
