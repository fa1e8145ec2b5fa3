import { expect } from "vitest";
import { expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Answer, Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf, tokenAwake, tokenWhere, tokenWithWeeklyDay } from "../tokens.ts";
import {
  BACKUP_NOW,
  backupNowBody,
  DAILY,
  INITIALIZE,
  SCHEDULED,
  STATUS,
  statusBody,
  WEEKLY,
} from "../wire.ts";
import { CADENCES } from "./pluginClient.ts";
import { parametersOf, problemCodes, save, schedule, seedCopy, untouched } from "./saved.ts";

async function statusOf({ send }: Scene): Promise<unknown> {
  const answer = await send("POST", STATUS, { body: statusBody });
  expectOk(answer);
  return answer.body;
}

/** What a project may look like that runs by its slots, or not at all. */
export function schedulers(host: Host): void {
  group(host, "a paused scheduler", { options: pausedAwake }, (check) => paused(host, check));
  group(host, "projects of all kinds", {}, (check) => {
    withoutPlugin(check);
    byName(check);
    leftovers(check);
    cadences(check);
  });
  group(host, "cadences by slots", { time: "virtual" }, bySlots);
}

async function pausedAwake() {
  return { token: await tokenAwake(), variables: { BACKUP_SCHEDULER: "off" } };
}

function paused(host: Host, check: Check): void {
  const scheduler = {
    provider: host.provider,
    cadence: host.cadence,
    enabled: false,
    pausedBy: "BACKUP_SCHEDULER",
  };
  const isSkipped = (answer: Answer) => {
    expectOk(answer, { result: { scheduler, skipped: true, reason: "SCHEDULER_DISABLED", results: [] } });
  };

  for (const method of ["GET", "POST"])
    check(`${method} scheduled-backups is skipped`, "reads", async (scene) => {
      isSkipped(await scene.send(method, SCHEDULED));
      save(scene, { enabledCadences: [...CADENCES] });
      isSkipped(await scene.send(method, SCHEDULED));
    });
  for (const [path, scope] of [
    [DAILY, "daily"],
    [WEEKLY, "weekly"],
  ] as const)
    check(
      `the ${scope} job is skipped when its slot comes`,
      "reads",
      async (scene) => {
        seedCopy(scene, scope, 9);
        const skip = { skipped: true, reason: "SCHEDULER_DISABLED", because: "paused", scope };
        expectOk(await scene.send("GET", path), skip);
        save(scene, { enabledCadences: [...CADENCES], anchorLocalDate: "2026-01-01" });
        expectOk(await scene.send("GET", path), skip);
      },
      { needs: ["scheduled-get"] },
    );
  check("a test of the connection does not end it", "reads", async (scene) => {
    const lambdaConnection = {
      status: "connected",
      lastCheckPhase: "config_connect",
      lastCheckedAt: new Date(Date.now() + 1_000).toISOString(),
    };
    scene.project.user.setParameters("main", { lambdaConnection });
    isSkipped(await scene.send("GET", SCHEDULED));
  });
  check("nothing is tidied up", "reads", async (scene) => {
    for (const days of [5, 6, 7]) seedCopy(scene, "monthly", days);
    isSkipped(await scene.send("GET", SCHEDULED));
    expect(scene.ready()).toHaveLength(4);
  });
  check("the status says what pauses it, and promises nothing", "reads", async (scene) => {
    save(scene, { enabledCadences: [...CADENCES] });
    const body = await statusOf(scene);
    expect(pick(body, "scheduler")).toEqual(scheduler);
    for (const cadence of CADENCES)
      expect(pick(body, "slots", cadence)).toMatchObject({
        enabled: true,
        dueNow: false,
        nextBackupAt: null,
      });
    expect(problemCodes(body)).toContain("SCHEDULER_PAUSED");
  });
  for (const [title, method, path, body, made] of [
    ["the plugin's button", "POST", BACKUP_NOW, backupNowBody("monthly"), ["monthly"]],
    ["a manual run", "POST", DAILY, undefined, ["daily"]],
    ["a forced run", "GET", `${WEEKLY}?force=true`, undefined, ["weekly"]],
    ["initialize", "POST", INITIALIZE, undefined, ["daily", "weekly"]],
  ] as const)
    check(`${title} goes ahead all the same`, { forks: made.length }, async (scene) => {
      expectOk(await scene.send(method, path, { body }));
      expect(scene.forked().sort()).toEqual(made.map((cadence) => idOf(cadence)));
    });
}

function withoutPlugin(check: Check): void {
  const options = async () => ({ token: await tokenWithWeeklyDay(0), project: { plugin: null } });
  check(
    "without the plugin copies are made by the slots, and the status says that it is missing",
    { forks: 2 },
    async (scene) => {
      const body = await statusOf(scene);
      expect(problemCodes(body)).toEqual(["PLUGIN_NOT_FOUND"]);
      expect(pick(body, "schedule")).toEqual({
        timezone: "UTC",
        enabledCadences: ["daily", "weekly"],
        anchorLocalDate: null,
      });
      expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
      expect(scene.ready()).toEqual([idOf("daily"), idOf("weekly"), "main"]);
    },
    { options },
  );
}

function byName(check: Check): void {
  const backupSchedule = schedule({ enabledCadences: ["monthly"] });
  const other = { id: "another", name: "Another", parameters: { backupSchedule: schedule() } };
  for (const name of ["Automatic Environment Backups", "datocms-plugin-automatic-environment-backups"])
    check(
      `the plugin is known by its name alone: ${name}`,
      { forks: 1 },
      async (scene) => {
        expect(await statusOf(scene)).toMatchObject({ schedule: { enabledCadences: ["monthly"] } });
        expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
        expect(scene.forked()).toEqual([idOf("monthly")]);
      },
      {
        options: {
          project: { plugin: { package_name: null, name, parameters: { backupSchedule } }, plugins: [other] },
        },
      },
    );
  check(
    "another plugin's parameters are nobody's schedule",
    "reads",
    async (scene) => {
      expect(await statusOf(scene)).toMatchObject({ schedule: { anchorLocalDate: null } });
    },
    { options: { project: { plugin: null, plugins: [other] } } },
  );
}

function leftovers(check: Check): void {
  const old = {
    runtimeMode: "lambda_cron",
    lambdalessTime: "02:00",
    deploymentURL: "   ",
    netlifyURL: "",
    lambdaConnection: null,
    automaticBackupsSchedule: {
      dailyLastManagedBackupAt: "2026-01-01T00:00:00.000Z",
      lambdalessExecution: { at: "x" },
    },
  };
  const options = async () => ({ token: await tokenWithWeeklyDay(0) });
  check(
    "leftovers of older versions and a blank address disturb nothing",
    { forks: 2 },
    async (scene) => {
      scene.project.user.setParameters("main", old);
      const kept = parametersOf(scene.project);
      const body = await statusOf(scene);
      expect(body).toMatchObject({
        scheduler: { enabled: true },
        schedule: { enabledCadences: ["daily", "weekly"] },
      });
      expect(pick(body, "problems")).toEqual([]);
      expectOk(await scene.send("GET", SCHEDULED), { result: { skipped: false } });
      untouched(scene, kept);
    },
    { options },
  );
  check(
    "a schedule beside leftovers is followed, and its unknown members are kept",
    { forks: 1 },
    async (scene) => {
      const kept = save(scene, { enabledCadences: ["biweekly"], version: 9, more: { of: "it" } }, old);
      expectOk(await scene.send("GET", SCHEDULED), {
        result: { schedule: { enabledCadences: ["biweekly"] } },
      });
      expect(scene.forked()).toEqual([idOf("biweekly")]);
      untouched(scene, kept);
    },
    { options },
  );
}

/** A day of the month that is neither today nor was yesterday. */
function anotherDay(): number {
  return ((new Date().getUTCDate() + 10) % 28) + 1;
}

function cadences(check: Check): void {
  const options = async () => ({
    token: await tokenWhere(({ monthlyDay }) => monthlyDay === anotherDay()),
    variables: { BACKUP_CADENCES: " monthly,daily " },
  });
  check(
    "BACKUP_CADENCES says what runs where no schedule is saved",
    { forks: 1 },
    async (scene) => {
      const body = await statusOf(scene);
      expect(pick(body, "schedule")).toMatchObject({ enabledCadences: ["daily", "monthly"] });
      const slots = CADENCES.map((cadence) => [cadence, pick(body, "slots", cadence, "enabled")]);
      expect(Object.fromEntries(slots)).toEqual({
        daily: true,
        weekly: false,
        biweekly: false,
        monthly: true,
      });
      expect(pick(body, "slots", "weekly", "nextBackupAt")).toBeNull();
      const next = String(pick(body, "slots", "monthly", "nextBackupAt"));
      expect(new Date(next).getUTCDate()).toBe(anotherDay());
      expectOk(await scene.send("GET", SCHEDULED), { result: { results: [{ scope: "daily" }] } });
      expect(scene.forked()).toEqual([idOf("daily")]);
    },
    { options },
  );
  check(
    "BACKUP_CADENCES gives way to a saved schedule",
    { forks: 1 },
    async (scene) => {
      save(scene, { enabledCadences: ["weekly"] });
      expectOk(await scene.send("GET", SCHEDULED), { result: { schedule: { enabledCadences: ["weekly"] } } });
      expect(scene.forked()).toEqual([idOf("weekly")]);
    },
    { options },
  );
}

/** On a day that is known: virtual time begins on Wednesday, 4 March 2026. */
function bySlots(check: Check): void {
  const variables = { BACKUP_CADENCES: "biweekly,monthly" };
  const on = (weekday: number, day: number) => async () => ({
    token: await tokenWhere(({ weekly, monthlyDay }) => weekly.weekday === weekday && monthlyDay === day),
    variables,
  });
  const made = async (scene: Scene) => {
    expectOk(await scene.send("GET", SCHEDULED));
    return scene.forked();
  };
  const id = (scene: Scene, cadence: string) => idOf(cadence, scene.deployment.clock.now());

  check(
    "monthly comes on its day of the month, biweekly not in a week between",
    { forks: 1 },
    async (scene) => {
      // Wednesday 3 January 2024 and every 14 days: 25 February and 11 March 2026.
      expect(await made(scene)).toEqual([id(scene, "monthly")]);
      const next = pick(await statusOf(scene), "slots", "biweekly", "nextBackupAt");
      expect(dateOf(Date.parse(String(next)))).toBe("2026-03-11");
    },
    { options: on(3, 4) },
  );
  check(
    "biweekly comes on its own weekday of its own weeks",
    { forks: 1 },
    async (scene) => {
      await scene.deployment.advance?.(7 * DAY_MS);
      expect(await made(scene)).toEqual([id(scene, "biweekly")]);
      expect(id(scene, "biweekly")).toBe("backup-plugin-biweekly-2026-03-11");
    },
    { options: on(3, 20) },
  );
  check(
    "neither is due on another day",
    "reads",
    async (scene) => {
      await scene.deployment.advance?.(8 * DAY_MS);
      expect(await made(scene)).toEqual([]);
    },
    { options: on(3, 20) },
  );
}
