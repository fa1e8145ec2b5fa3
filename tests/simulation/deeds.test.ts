import { describe, expect, it } from "vitest";
import type { SandboxRecord } from "../../services/backupService.ts";
import { createLogger } from "../../utils/logger.ts";
import { STORE } from "./checkSupport.ts";
import { ADMIN, keep, openAdminWorld, remove, writes } from "./deedsSupport.ts";
import { ALWAYS, destroyed } from "./judging.ts";
import { at, copyOf, SECRET, type World } from "./support.ts";

/** Keeping and removing backups by hand, judged by what DatoCMS was asked for and has. */

const [OLD, NEW, WEEKLY] = [copyOf("daily", 0), copyOf("daily", 1), copyOf("weekly", 0)];

/** Noon of day one: two daily backups and a weekly one, on a schedule that keeps two. */
async function withBackups(options: Parameters<typeof openAdminWorld>[0] = {}): Promise<World> {
  const world = await openAdminWorld(options, { BACKUP_KEEP_DAILY: "2" });
  world.project.user.fork(null, OLD, { createdAt: at(0, 1), ready: true });
  world.project.user.fork(null, WEEKLY, { createdAt: at(0, 2), ready: true });
  world.project.user.fork(null, NEW, { createdAt: at(1, 1), ready: true });
  await world.goTo(1, 12);
  return world;
}

const refusal = (status: number, code: string) => ({ status, body: { ok: false, error: { code } } });
/** Days later no run has removed it. */
async function survives(world: World, id: string): Promise<void> {
  for (const day of [2, 3, 4, 5]) {
    await world.goTo(day, 12);
    await world.call("POST", "/api/jobs/scheduled-backups");
  }
  expect(world.ready()).toContain(id);
}

describe("a backup that is kept", () => {
  it("has the name that was chosen, and no run counts or removes it", async () => {
    const world = await withBackups({ plan: { sandboxLimit: 8 } });
    const { status, body } = await keep(world, OLD, "before-launch");
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        ok: true,
        kept: { environmentId: OLD, name: "before-launch", room: { sandboxes: 3, limit: 8 } },
      },
    });
    expect(JSON.stringify(body)).toContain("Of 8 places 5 are free now.");
    expect(world.ready()).toEqual(["before-launch", WEEKLY, NEW]);
    await survives(world, "before-launch");
  });

  it.each(["lost", "refused for a moment"])("is kept once where DatoCMS's answer is %s", async (how) => {
    const world = await withBackups();
    const effect =
      how === "lost"
        ? ({ kind: "drop", when: "after" } as const)
        : ({ kind: "status", status: 503, when: "before" } as const);
    world.project.faults.add({ operation: "environments.rename", effect });
    expect((await keep(world, OLD, "before-launch")).status).toBe(200);
    expect(world.ready()).toContain("before-launch");
  });

  it.each([
    ["Before", 400, "INVALID_NAME"],
    ["", 400, "INVALID_NAME"],
    ["-x", 400, "INVALID_NAME"],
    ["a".repeat(64), 400, "INVALID_NAME"],
    ["a\u202e", 400, "INVALID_NAME"],
    ["backup-plugin-mine", 400, "INVALID_NAME"],
    ["restore-drill-1", 400, "INVALID_NAME"],
    ["restore-safety-1", 400, "INVALID_NAME"],
    [7, 400, "INVALID_BODY"],
    ["main", 409, "NAME_TAKEN"],
    [WEEKLY, 400, "INVALID_NAME"],
  ])("is none where the name is %j", async (name, status, code) => {
    const world = await withBackups();
    expect(await keep(world, OLD, name)).toMatchObject(refusal(status, code));
    expect(writes(world)).toEqual([]);
  });
});

describe("a backup that is removed", () => {
  it("is destroyed under a mark that others see, and nothing else is", async () => {
    const world = await withBackups();
    const { status, body } = await remove(world, OLD);
    expect({ status, body }).toEqual({
      status: 200,
      body: { ok: true, removed: { environmentId: OLD, takenAt: new Date(at(0, 1)).toISOString() } },
    });
    expect(destroyed(world)).toEqual([`${OLD}-superseded-010000000`]);
    expect(world.ready()).toEqual([WEEKLY, NEW]);
  });

  it("may be a protected one", async () => {
    const world = await withBackups();
    world.project.user.edit(OLD, { items: 3 });
    expect((await remove(world, OLD)).status).toBe(200);
    expect(world.ready()).toEqual([WEEKLY, NEW]);
  });

  it.each([
    ["the renaming's answer is lost", "environments.rename", { kind: "drop", when: "after" }],
    ["the renaming fails once", "environments.rename", { kind: "status", status: 503, when: "before" }],
    ["the destruction's answer is lost", "environments.destroy", { kind: "drop", when: "after" }],
    ["the destruction fails once", "environments.destroy", { kind: "status", status: 500, when: "before" }],
    [
      "DatoCMS is busy for a moment",
      "environments.destroy",
      { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true },
    ],
  ] as const)("goes where %s", async (_, operation, effect) => {
    const world = await withBackups();
    world.project.faults.add({ operation, effect });
    expect((await remove(world, OLD)).status).toBe(200);
    expect(world.ready()).toEqual([WEEKLY, NEW]);
    expect(destroyed(world)).toHaveLength(1);
  });

  it.each([
    ["DatoCMS never destroys it", "environments.destroy", { kind: "job-fails" }],
    [
      "DatoCMS refuses it",
      "environments.destroy",
      { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
    ],
    ["no destruction comes through", "environments.destroy", { kind: "drop", when: "before" }],
  ] as const)("has its own name again where %s", async (_, operation, effect) => {
    const world = await withBackups();
    world.project.faults.add({ operation, effect, ...ALWAYS });
    const { status, body } = await remove(world, OLD);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).toMatch(/DATOCMS_REFUSED|INSUFFICIENT_PERMISSIONS|DATOCMS_UNAVAILABLE/);
    expect(world.ready()).toEqual([OLD, WEEKLY, NEW]);
  });

  it.each([undefined, null, "", NEW, 7])("stays where %j is typed instead of its id", async (confirm) => {
    const world = await withBackups();
    expect(await remove(world, OLD, { body: { confirm } })).toMatchObject(refusal(400, "INVALID_BODY"));
    expect(world.emulator.requests).toEqual([]);
  });

  it("stays where it is the last one that is sure to stay", async () => {
    const world = await openAdminWorld();
    world.project.user.fork(null, OLD, { createdAt: at(0, 1), ready: true });
    world.project.user.fork(null, "feature", { createdAt: at(0, 1), ready: true });
    await world.goTo(1, 12);
    expect(await remove(world, OLD)).toMatchObject(refusal(409, "LAST_BACKUP"));
    // The schedule keeps one: the older one may go at any moment.
    world.project.user.fork(null, NEW, { createdAt: at(1, 1), ready: true });
    expect(await remove(world, NEW)).toMatchObject(refusal(409, "LAST_BACKUP"));
    expect(writes(world)).toEqual([]);
    expect((await remove(world, OLD)).status).toBe(200);
    expect(await remove(world, NEW)).toMatchObject(refusal(409, "LAST_BACKUP"));
  });

  it("stays unless two others do, where a run removes one before it makes the next", async () => {
    const world = await openAdminWorld({}, { BACKUP_ROTATION: "delete-first" });
    const kept = "backup-plugin-weekly-2026-03-01";
    world.project.user.fork(null, OLD, { createdAt: at(0, 1), ready: true });
    world.project.user.fork(null, kept, { createdAt: at(0, 2), ready: true });
    await world.goTo(1, 12);
    expect(await remove(world, OLD)).toMatchObject(refusal(409, "LAST_BACKUP"));
    expect(writes(world)).toEqual([]);
    world.project.user.fork(null, "backup-plugin-monthly-2026-03-01", { createdAt: at(0, 3), ready: true });
    expect((await remove(world, OLD)).status).toBe(200);
  });

  it("is protected and stays, where nothing else is there", async () => {
    const world = await openAdminWorld();
    world.project.user.fork(null, OLD, { createdAt: at(0, 1), ready: true });
    await world.goTo(1, 12);
    world.project.user.edit(OLD, { items: 3 });
    expect(await remove(world, OLD)).toMatchObject(refusal(409, "LAST_BACKUP"));
  });
});

describe("neither is done to", () => {
  const DEEDS = [
    ["keep", (world: World, id: string, options = {}) => keep(world, id, "kept", options)],
    ["remove", (world: World, id: string, options = {}) => remove(world, id, options)],
  ] as const;
  const refused: readonly [string, string, string, number, (world: World) => void][] = [
    ["the primary", "main", "NOT_A_BACKUP", 409, () => {}],
    ["a backup that was promoted", OLD, "NOT_A_BACKUP", 409, ({ project }) => project.user.promote(OLD)],
    [
      "somebody's sandbox",
      "backup-plugin-mine",
      "NOT_A_BACKUP",
      409,
      ({ project }) => project.user.fork(null, "backup-plugin-mine", { ready: true }),
    ],
    ["what is not there", copyOf("daily", 7), "ENVIRONMENT_NOT_FOUND", 404, () => {}],
    [
      "a backup in the making",
      copyOf("monthly", 1),
      "ENVIRONMENT_NOT_READY",
      409,
      ({ project }) => project.user.fork(null, copyOf("monthly", 1)),
    ],
    [
      "a backup that is being forked",
      OLD,
      "BACKUP_IN_USE",
      409,
      ({ project }) => project.user.fork(OLD, "a-fork"),
    ],
  ];
  const cases = DEEDS.flatMap(([verb, call]) => refused.map((each) => [verb, ...each, call] as const));

  it.each(cases)("%s: %s", async (_verb, _what, id, code, status, prepare, call) => {
    const world = await withBackups({ forkMs: 60_000 });
    prepare(world);
    expect(await call(world, id)).toMatchObject(refusal(status, code));
    expect(writes(world)).toEqual([]);
  });

  it.each(DEEDS)("%s: what an archive or an open restore reads", async (_, call) => {
    const world = await withBackups();
    const othersWork = async () => ({ inUse: [OLD], primaryTakenUntil: undefined });
    const runtime = { offsite: { ...STORE, othersWork } };
    expect(await call(world, OLD, { runtime })).toMatchObject(refusal(409, "BACKUP_IN_USE"));
    expect(writes(world)).toEqual([]);
  });

  it.each(DEEDS)("%s: anything, without the admin's secret", async (_, call) => {
    const world = await withBackups();
    const asHolder = { headers: { "X-Datocms-Backups-Auth": SECRET } };
    expect(await call(world, OLD, asHolder)).toMatchObject(refusal(403, "ADMIN_SECRET_REQUIRED"));
    expect(await call(world, OLD, { headers: { "X-Datocms-Backups-Auth": "" } })).toMatchObject({
      status: 401,
    });
    const open = { variables: { DATOCMS_BACKUPS_SHARED_SECRET: "", BACKUP_ADMIN_SECRET: "" } };
    expect(await call(world, OLD, open)).toMatchObject(refusal(403, "ADMIN_SECRET_REQUIRED"));
    expect(world.emulator.requests).toEqual([]);
  });
});

describe("each ends", () => {
  it("as one record of the history and one line of the log, without the secret", async () => {
    const world = await withBackups();
    const records: unknown[] = [];
    const lines: string[] = [];
    const runtime = {
      offsite: { ...STORE, ended: (record: unknown) => records.push(record) },
      logger: createLogger({ write: (line) => lines.push(line), now: () => world.clock.now() }),
    };
    await keep(world, OLD, "before-launch", { runtime });
    await keep(world, OLD, "again", { runtime });
    await remove(world, NEW, { runtime });
    world.project.user.fork(null, copyOf("daily", 2), { ready: true });
    const never = {
      operation: "environments.destroy",
      effect: { kind: "status", status: 500 },
      ...ALWAYS,
    } as const;
    world.project.faults.add(never);
    await remove(world, copyOf("daily", 2), { runtime });
    const common = { trigger: "hand", by: "holder", cadence: "daily" } satisfies Partial<SandboxRecord>;
    expect(records).toMatchObject([
      { ...common, kind: "keep", status: "done", environmentId: OLD, name: "before-launch" },
      { ...common, kind: "remove", status: "done", environmentId: NEW },
      { ...common, kind: "remove", status: "failed", result: { failure: { cause: "DATOCMS_UNAVAILABLE" } } },
    ]);
    const events = lines.map((line) => JSON.parse(line).event).filter((event) => event.startsWith("backup_"));
    expect(events).toEqual(["backup_kept", "backup_removed", "backup_named_back", "backup_not_removed"]);
    expect(lines.join("\n")).not.toContain(ADMIN);
  });
});
