import { describe, expect, it } from "vitest";
import type { ProjectOptions, Unknowns } from "../../emulator/emulator.ts";
import { ask, SECRET } from "./checkSupport.ts";
import { guideTo, type Step, walk } from "./restoreSupport.ts";
import { copyOf, openWorld, type World } from "./support.ts";

const OLD = { deploymentURL: "https://old.example", lambdaAuthSecret: "old-secret" };
const DAILY_AND_WEEKLY = {
  enabledCadences: ["daily", "weekly"],
  timezone: "Europe/Rome",
  anchorLocalDate: "2026-03-02",
};
const TODAYS = {
  deploymentURL: "https://today.example",
  lambdaAuthSecret: "secret-of-today",
  backupSchedule: DAILY_AND_WEEKLY,
};
const GOOD = 120;
const DAMAGED = 7;
const AT_WORK = 14;

/** Every tick of the built-in crons from one day's first hour to another's last; the clock stands before both. */
async function runDays(world: World, from: number, to: number): Promise<void> {
  for (let day = from; day <= to; day += 1)
    for (let hour = 0; hour < 24; hour += 1) await ticksAt(world, day, hour);
}

async function ticksAt(world: World, day: number, hour: number) {
  await world.goTo(day, hour);
  return [await world.tick("daily"), await world.tick("weekly")];
}

/** Four days of service; then, on the evening of the last, the secret is changed and the content is damaged. */
async function damaged(options: Partial<ProjectOptions> = {}, variables = {}): Promise<World> {
  const world = await openWorld(
    {
      items: GOOD,
      uploads: 30,
      timezone: "Europe/Rome",
      buildTriggers: [{}, {}],
      plugin: { parameters: OLD },
      ...options,
    },
    { BACKUP_KEEP_DAILY: "2", ...variables },
  );
  await runDays(world, 0, 3);
  const { user } = world.project;
  if (options.plugin !== null) user.setParameters("main", TODAYS);
  user.edit("main", { items: DAMAGED });
  return world;
}

function parametersOf(world: World, id: string) {
  return world.project.environment(id)?.plugins[0]?.parameters;
}

/** What nobody may have done to an environment. */
function meddling(world: World, id: string, since: number) {
  return world.project.history
    .slice(since)
    .filter(({ type, id: changed, from }) => {
      if (type === "renamed") return changed === id || from === id;
      return changed === id && ["destroy-began", "destroyed", "data-changed"].includes(type);
    })
    .map(({ type }) => type);
}

/** Fourteen days later: primary and former primary as they were, and yesterday's copy is of the primary. */
async function expectAFortnightOfBackups(world: World, fromDay: number, primary: string, former: string) {
  const since = world.project.history.length;
  const before = [primary, former].map((id) => world.project.environment(id));
  await runDays(world, fromDay, fromDay + AT_WORK - 1);
  expect([primary, former].map((id) => world.project.environment(id))).toEqual(before);
  expect(world.project.environment(primary)).toMatchObject({ primary: true, status: "ready" });
  expect(world.project.environment(former)).toMatchObject({ primary: false, status: "ready" });
  expect(meddling(world, primary, since)).toEqual([]);
  expect(meddling(world, former, since)).toEqual([]);
  const newest = world.project.environment(copyOf("daily", fromDay + AT_WORK - 1));
  expect(newest).toMatchObject({
    status: "ready",
    forkedFrom: primary,
    items: world.project.environment(primary)?.items,
  });
}

const titles = (steps: readonly Step[]) => steps.map(({ title }) => title);

describe("the guide, followed call by call with the real client", () => {
  it("restores a copy, and backups go on; undone, they go on as well", async () => {
    const world = await damaged();
    const copy = copyOf("daily", 3);
    const guide = await guideTo(world, copy);
    const { restoredId } = guide;
    const old = world.project.environment("main");
    expect({ restoredId, formerId: guide.formerId }).toEqual({
      restoredId: "restored-2026-03-05",
      formerId: "main",
    });

    await walk(world, guide.steps);
    expect(world.project.environment(restoredId)).toMatchObject({ primary: true, items: GOOD });
    expect(world.project.environment("main")).toEqual({ ...old, primary: false });
    expect(parametersOf(world, restoredId)).toEqual(TODAYS);
    expect(world.project.environment(copy)).toBeUndefined();
    expect(world.project.settings.maintenanceMode).toBe(false);
    expect(world.project.buildTriggers.map(({ triggeredAt }) => triggeredAt.length)).toEqual([1, 1]);
    await expectAFortnightOfBackups(world, 4, restoredId, "main");

    world.project.user.edit(restoredId, { items: GOOD + 1 });
    await walk(world, guide.undo);
    expect(world.project.environment("main")).toEqual(old);
    expect(world.project.environment(restoredId)).toMatchObject({ primary: false, items: GOOD + 1 });
    expect(world.project.settings.maintenanceMode).toBe(false);
    expect(world.project.buildTriggers.map(({ triggeredAt }) => triggeredAt.length)).toEqual([2, 2]);
    await expectAFortnightOfBackups(world, 4 + AT_WORK, "main", restoredId);
  });

  it("has its numbered steps in an order that works, and marks what takes effect at once", async () => {
    const world = await damaged();
    const { steps, undo } = await guideTo(world, copyOf("daily", 3));
    expect(titles(steps)).toEqual([
      "Check your rights",
      "Look into backup-plugin-daily-2026-03-05",
      "Know what is lost",
      "Rename backup-plugin-daily-2026-03-05 to restored-2026-03-05",
      "Turn maintenance mode on",
      "Give the plugin in restored-2026-03-05 today's secret and schedule",
      "Promote restored-2026-03-05",
      "Check the roles",
      "Trigger builds",
      "Turn maintenance mode off",
    ]);
    expect(titles(undo)).toEqual([
      "Turn maintenance mode on",
      "Promote main",
      "Trigger builds",
      "Turn maintenance mode off",
    ]);
    for (const all of [steps, undo]) {
      expect(all.map(({ number }) => number)).toEqual(all.map((_, index) => index + 1));
      expect(titles(all.filter(({ dangerous }) => dangerous))).toEqual([expect.stringMatching(/^Promote /)]);
    }
  });

  it("loses nothing to ticks between any two steps once it has its new name, in the hours in which copies go", async () => {
    const world = await damaged();
    // The copy that goes with the next daily run.
    const guide = await guideTo(world, copyOf("daily", 2));
    let hour = 0;
    const between = async () => {
      const open = (world.slots.daily.hour + hour) % 24;
      await ticksAt(world, 4 + Math.floor((world.slots.daily.hour + hour) / 24), open);
      hour += 1;
    };
    await walk(world, guide.steps.slice(0, 4));
    await walk(world, guide.steps.slice(4), between);
    expect(world.ids()).not.toContain(copyOf("daily", 2));
    expect(world.project.environment(guide.restoredId)).toMatchObject({ primary: true, items: GOOD });
    expect(world.project.environment("main")).toMatchObject({ status: "ready", items: DAMAGED });
    await expectAFortnightOfBackups(world, 6, guide.restoredId, "main");
  });

  it.each<[string, Partial<Unknowns>, Partial<ProjectOptions>?]>([
    ["the primary keeps its name in maintenance mode", { maintenanceBlocksRename: true }],
    ["plugins stay open in maintenance mode", { maintenanceBlocksPlugins: false }],
    ["a promote ends maintenance mode", { promoteEndsMaintenance: true }],
    [
      "the primary's plugins are protected",
      { forceSandboxBlocksPlugins: true },
      { forceUseOfSandboxEnvironments: true },
    ],
    ["a rename makes a new date", { renameKeepsCreatedAt: false }],
    ["a rename forgets the source", { renameKeepsForkedFrom: false }],
    ["copies follow their source's name", { forkedFromAfterRename: "follows" }],
    ["parameters count as data", { parametersMoveLastDataChange: true }],
    ["the list begins with the newest", { listOrder: "newest-first" }],
  ])("works where %s", async (_, unknowns, options = {}) => {
    const world = await damaged({ unknowns, ...options });
    const guide = await guideTo(world, copyOf("daily", 3));
    await walk(world, guide.steps);
    expect(world.project.environment(guide.restoredId)).toMatchObject({ primary: true, items: GOOD });
    expect(parametersOf(world, guide.restoredId)).toEqual(TODAYS);
    expect(world.project.settings.maintenanceMode).toBe(false);
    await walk(world, guide.undo);
    expect(world.project.environment("main")).toMatchObject({ primary: true, items: DAMAGED });
    expect(world.project.settings.maintenanceMode).toBe(false);
  });
});

describe("the plugin", () => {
  it("is installed where the copy is older than it", async () => {
    const world = await damaged({ plugin: null });
    const { user } = world.project;
    const copy = copyOf("daily", 3);
    // Installed into the primary alone: the plugin is in a sandbox that was promoted.
    user.fork("main", "with-plugin", { ready: true });
    await walk(world, [installation("with-plugin")]);
    user.promote("with-plugin");
    user.setParameters("with-plugin", TODAYS);
    const guide = await guideTo(world, copy);
    await walk(world, guide.steps);
    expect(world.project.environment(guide.restoredId)?.plugins).toEqual(
      world.project.environment("with-plugin")?.plugins,
    );
  });

  it("is left out where neither has it", async () => {
    const world = await damaged({ plugin: null });
    const { steps } = await guideTo(world, copyOf("daily", 3));
    expect(titles(steps).join()).not.toContain("plugin in");
  });

  it("is left to the user where only the copy has it, or where it cannot be read", async () => {
    const world = await damaged({ plugin: null });
    world.project.user.fork("main", "with-plugin", { ready: true });
    await walk(world, [installation("with-plugin")]);
    const alone = (await guideTo(world, "with-plugin")).steps.find(isAboutThePlugin);
    expect(alone).toMatchObject({ calls: [], text: "main has no plugin: set it up, or uninstall it." });

    const unreadable = await damaged();
    unreadable.project.faults.add({
      operation: "plugins.list",
      times: Number.POSITIVE_INFINITY,
      effect: { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
    });
    const unread = (await guideTo(unreadable, copyOf("daily", 3))).steps.find(isAboutThePlugin);
    expect(unread).toMatchObject({ calls: [], text: expect.stringContaining("lambdaAuthSecret") });
  });
});

const isAboutThePlugin = ({ title }: Step) => title.startsWith("Give the plugin");

/** A step like one of the guide's that installs the plugin. */
function installation(environment: string): Step {
  const attributes = { package_name: "datocms-plugin-automatic-environment-backups" };
  const body = { data: { type: "plugin", attributes } };
  const calls = [{ method: "POST" as const, path: "/plugins", environment, body }];
  return { number: 1, title: "Install", text: "Install.", dangerous: false, calls };
}

describe("what the guide says", () => {
  it("is what the environments hold and when they changed", async () => {
    const world = await damaged();
    const copy = copyOf("daily", 3);
    const guide = await guideTo(world, copy);
    const createdAt = world.project.environment(copy)?.createdAt ?? 0;
    const changedAt = world.project.environment("main")?.lastDataChangeAt ?? 0;
    expect(guide).toMatchObject({
      project: { name: "Project 1", timezone: "Europe/Rome" },
      environment: { id: copy, ours: true, records: GOOD, uploads: 30 },
      primary: { id: "main", records: DAMAGED, uploads: 30 },
      lostMs: changedAt - createdAt,
    });
    const [, look, lost] = guide.steps;
    expect(look?.text).toContain("from main, unchanged since");
    expect(look?.text).toContain(`${GOOD} records and 30 uploads, main ${DAMAGED} records`);
    expect(lost?.text).toContain("2026-03-05 23:05 UTC (2026-03-06 00:05 Europe/Rome)");

    world.project.user.edit(copy);
    expect((await guideTo(world, copy)).steps[1]?.text).toContain("CHANGED LATER, at 2026-03-05 23:05 UTC");
  });

  it("counts nothing as lost where the primary has not changed since", async () => {
    const world = await openWorld();
    world.project.user.fork(null, copyOf("daily", 0), { ready: true });
    const guide = await guideTo(world, copyOf("daily", 0));
    expect(guide.lostMs).toBe(0);
    expect(guide.steps[2]?.text).toBe("Nothing: main is unchanged since.");
  });

  it("suggests a name that is free", async () => {
    const world = await damaged();
    for (const id of ["restored-2026-03-05", "restored-2026-03-05-2"])
      world.project.user.fork("main", id, { ready: true });
    expect((await guideTo(world, copyOf("daily", 3))).restoredId).toBe("restored-2026-03-05-3");
  });

  it("names the rights that it takes, what maintenance mode refuses, and for which id roles must be given", async () => {
    const { steps, restoredId } = await guideTo(await damaged(), copyOf("daily", 3));
    const said = (title: string) => steps.find((each) => each.title === title)?.text;
    for (const right of ["can_promote_environments", "can_manage_environments", "can_edit_schema"])
      expect(said("Check your rights")).toContain(right);
    expect(said("Turn maintenance mode on")).toContain("force=true");
    expect(said("Check the roles")).toContain(restoredId);
  });

  it("warns of an environment that is being made", async () => {
    const world = await damaged();
    world.project.user.fork("main", "slow-one");
    const { steps } = await guideTo(world, copyOf("daily", 3));
    expect(steps[1]?.text).toContain("Wait until slow-one is no longer creating.");
  });

  it("holds no parameter of the plugin's", async () => {
    const world = await damaged();
    const text = JSON.stringify(await guideTo(world, copyOf("daily", 3)));
    expect(text).not.toContain(TODAYS.lambdaAuthSecret);
    expect(text).not.toContain(OLD.lambdaAuthSecret);
  });
});

describe("the text for a terminal", () => {
  it("says the same as the JSON, step by step", async () => {
    const world = await damaged();
    const copy = copyOf("daily", 3);
    const guide = await guideTo(world, copy);
    const { response, text } = await ask(world, { path: `/api/restore-guide/${copy}` });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(text).toMatch(/^Project 1: from main back to backup-plugin-daily-2026-03-05\n/);
    for (const { number, title, text: words, calls, dangerous } of [...guide.steps, ...guide.undo]) {
      expect(text).toContain(`\n${number}. ${title}${dangerous ? " (DANGEROUS)" : ""}\n   ${words}\n`);
      for (const { method, path, environment, body } of calls) {
        expect(text).toContain(`\n     ${method} ${path}\n`);
        if (environment !== undefined) expect(text).toContain(`environment: "${environment}"`);
        if (body !== undefined) expect(text).toContain(`body: ${JSON.stringify(body)}`);
      }
    }
    expect(text).toContain("https://site-api.datocms.com");
  });

  it("names the project as nothing where its name is not known, and shows no secret that is in it", async () => {
    const world = await damaged({ name: `Ours ${SECRET}` });
    const path = `/api/restore-guide/${copyOf("daily", 3)}`;
    const { text } = await ask(world, { path });
    expect(text).toMatch(/^Ours \[redacted\]: from main/);
    world.project.faults.add({ operation: "site.find", effect: { kind: "status", status: 403 } });
    expect((await ask(world, { path })).text).toMatch(/^Project: from main/);
  });
});

describe("an environment of the user's own", () => {
  it("is restored under its own name", async () => {
    const world = await damaged();
    world.project.user.fork(copyOf("daily", 3), "staging", { ready: true });
    const guide = await guideTo(world, "staging");
    expect(guide).toMatchObject({ environment: { ours: false }, restoredId: "staging", formerId: "main" });
    expect(titles(guide.steps).join()).not.toContain("Rename");
    await walk(world, guide.steps);
    await expectAFortnightOfBackups(world, 4, "staging", "main");
  });
});

describe("a user who forgets the new name", () => {
  /** The same steps with the copy's own name in place of the new one. */
  function withoutRename(steps: readonly Step[], copy: string, restoredId: string): Step[] {
    const kept = steps.filter(({ title }) => !title.startsWith("Rename"));
    return JSON.parse(JSON.stringify(kept).replaceAll(restoredId, copy));
  }

  async function forgetful() {
    const world = await damaged();
    const copy = copyOf("daily", 3);
    const guide = await guideTo(world, copy);
    await walk(world, withoutRename(guide.steps, copy, guide.restoredId));
    expect(world.project.environment(copy)).toMatchObject({ primary: true, items: GOOD });
    return { world, copy };
  }

  it("is told TARGET_IS_PRIMARY on that date and loses nothing", async () => {
    const { world, copy } = await forgetful();
    // Weekly is due as well, and its name is free.
    const others = await world.call("POST", "/api/jobs/scheduled-backups");
    expect(others.body).toMatchObject({ result: { results: [{ scope: "weekly", status: "executed" }] } });
    const { body } = await world.call("POST", "/api/jobs/scheduled-backups");
    expect(body).toMatchObject({ ok: true, result: { skipped: true, reason: "TARGET_IS_PRIMARY" } });

    const reasons = new Set<string>();
    const before = [copy, "main"].map((id) => world.project.environment(id));
    for (let day = 4; day < 4 + AT_WORK; day += 1)
      for (let hour = 0; hour < 24; hour += 1)
        for (const run of await ticksAt(world, day, hour))
          if (run?.kind === "skipped") reasons.add(run.reason);
    expect([...reasons]).not.toContain("TARGET_IS_PRIMARY");
    expect([copy, "main"].map((id) => world.project.environment(id))).toEqual(before);
    expect(world.project.environment(copyOf("daily", 3 + AT_WORK))).toMatchObject({
      status: "ready",
      forkedFrom: copy,
      items: GOOD,
    });
  });

  it("is shown how the primary with a copy's name is kept when it is replaced", async () => {
    const { world, copy } = await forgetful();
    await runDays(world, 4, 4);
    const guide = await guideTo(world, "main");
    expect(guide).toMatchObject({ restoredId: "main", formerId: "former-2026-03-06" });
    const [rename] = guide.steps.filter(({ title }) => title.startsWith("Rename"));
    expect(rename).toMatchObject({ title: `Rename ${copy} to former-2026-03-06`, dangerous: true });
    await walk(world, guide.steps);
    expect(parametersOf(world, "main")).toEqual(TODAYS);
    await expectAFortnightOfBackups(world, 5, "main", "former-2026-03-06");
  });
});
