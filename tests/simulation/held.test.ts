import { describe, expect, it } from "vitest";
import { copies } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

const MANUAL = "/api/jobs/daily-backup";

/** Every tick of some days, by the hour. */
async function live(world: World, from: number, days: number, options = {}): Promise<void> {
  for (let day = from; day < from + days; day += 1)
    for (const hour of [0, 1, 2, 3, 4, 5]
      .map((after) => (world.slots.daily.hour + after) % 24)
      .toSorted((a, b) => a - b)) {
      await world.goTo(day, hour);
      await world.tick("daily", options);
    }
}

const existing = (world: World) => world.ids().filter((id) => id.startsWith("backup-plugin-daily-"));

describe("a copy that somebody promoted and worked in", () => {
  /** Day 1's copy is the primary for two weeks, then gives way to what was primary before. */
  async function restored(variables = {}) {
    const world = await openWorld({ items: 100 }, variables);
    await live(world, 0, 2);
    const copy = copyOf("daily", 1);
    world.project.user.promote(copy);
    for (let day = 2; day < 16; day += 1) {
      world.project.user.edit(copy, { items: 100 + day });
      await live(world, day, 1);
    }
    world.project.user.promote("main");
    return { world, copy };
  }

  it("is there 25 days later, takes room and is no backup; in the end it goes", async () => {
    const { world, copy } = await restored();
    await live(world, 16, 25);
    expect(existing(world)).toEqual([copy, copyOf("daily", 40)]);
    const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
    expect(body.slots).toMatchObject({
      daily: { environmentId: copyOf("daily", 40), copies: 1, held: [copy] },
    });
    expect(body.problems).toContainEqual(expect.objectContaining({ code: "HELD" }));
    await live(world, 41, 8);
    expect(existing(world)).toEqual([copyOf("daily", 48)]);
  });

  it("goes at once where BACKUP_HOLD_CHANGED_DAYS is 0", async () => {
    const { world } = await restored({ BACKUP_HOLD_CHANGED_DAYS: "0" });
    await live(world, 16, 2);
    expect(existing(world)).toEqual([copyOf("daily", 17)]);
  });

  it("does not go because the host's clock is a year ahead", async () => {
    const { world, copy } = await restored();
    const { clock } = world;
    const ahead = { ...clock, now: () => clock.now() + 365 * 24 * 60 * 60_000 };
    await live(world, 16, 5, { runtime: { clock: ahead } });
    expect(existing(world)).toContain(copy);
  });
});

it.each([true, false])(
  "a copy that somebody forked stays, whatever its name was then (marked: %s)",
  async (marked) => {
    const world = await openWorld({}, { BACKUP_CADENCES: "daily" });
    const names = [copyOf("daily", 0), `${copyOf("daily", 0)}-superseded-010000000`];
    const [then = "", later = ""] = marked ? names.toReversed() : names;
    world.project.user.fork(null, then, { createdAt: at(0, 1), ready: true });
    world.project.user.fork(then, "redesign", { createdAt: at(0, 2), ready: true });
    world.project.user.rename(then, later);
    await live(world, 1, 3);
    expect(existing(world)).toEqual([later, copyOf("daily", 3)]);
  },
);

it("a copy that is held alone is the plugin's last backup, and counts as none for what is due", async () => {
  const world = await openWorld({}, { BACKUP_CADENCES: "daily" });
  const createdAt = at(1, 1);
  world.project.user.fork(null, copyOf("daily", 1), { createdAt, ready: true });
  await world.goTo(1, 9);
  world.project.user.edit(copyOf("daily", 1), { items: 3 });
  await world.goTo(2, 12);
  const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
  expect(body.slots).toMatchObject({
    daily: {
      lastBackupAt: new Date(createdAt).toISOString(),
      environmentId: copyOf("daily", 1),
      copies: 0,
      held: [copyOf("daily", 1)],
      dueNow: true,
      timeliness: "late",
    },
  });
  expect(body.coverage).toMatchObject({
    points: 0,
    sentence: "One backup exists, but somebody worked in it (on 2026-03-03).",
  });
  // As soon as one counts again, that is it.
  await world.goTo(3, world.slots.daily.hour);
  await world.tick("daily");
  const after = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
  expect(after.body.slots).toMatchObject({ daily: { environmentId: copyOf("daily", 3), copies: 1 } });
});

describe("other copies that are held", () => {
  it("one that was edited does not make its date's occurrence, but its name is not used twice", async () => {
    const world = await openWorld();
    await live(world, 0, 1);
    await world.goTo(1, (world.slots.daily.hour + 23) % 24);
    world.project.user.edit(copyOf("daily", 0));
    await live(world, 1, 2);
    expect(existing(world)).toEqual([copyOf("daily", 0), copyOf("daily", 2)]);
  });

  it("one that an environment was forked from stays; our own copies of it do not hold it", async () => {
    const world = await openWorld();
    await live(world, 0, 1);
    const copy = copyOf("daily", 0);
    world.project.user.fork(copy, "redesign", { ready: true });
    await live(world, 1, 10);
    expect(existing(world)).toEqual([copy, copyOf("daily", 10)]);
    world.project.user.destroy("redesign");
    await live(world, 11, 1);
    expect(existing(world)).toEqual([copyOf("daily", 11)]);
  });

  it("a change within the hour of its making holds nothing", async () => {
    const world = await openWorld();
    await live(world, 0, 1);
    const made = world.project.environments().find(({ id }) => id === copyOf("daily", 0));
    const younger = await openWorld();
    younger.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
    await younger.clock.advance(at(0, 1) + 59 * 60_000 - younger.clock.now());
    younger.project.user.edit(copyOf("daily", 0));
    await live(younger, 1, 2);
    expect(made).toBeDefined();
    expect(existing(younger)).toEqual([copyOf("daily", 2)]);
  });

  it("a held copy never gives way on a full plan", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 1 } });
    await live(world, 0, 1);
    await world.goTo(1, (world.slots.daily.hour + 23) % 24);
    world.project.user.edit(copyOf("daily", 0));
    await live(world, 1, 2);
    expect(existing(world)).toEqual([copyOf("daily", 0)]);
    const { body } = await world.call("POST", "/api/jobs/daily-backup");
    expect(body.error).toMatchObject({ details: { cause: "ENVIRONMENT_LIMIT_REACHED" } });
  });
});

const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};

describe("what holds a copy", () => {
  it("is a primary that was forked from it", async () => {
    const world = await openWorld();
    await world.goTo(0, 12);
    await world.call("POST", MANUAL);
    world.project.user.fork(copyOf("daily", 0), "restored", { ready: true });
    world.project.user.promote("restored");
    for (let day = 1; day < 11; day += 1) {
      await world.goTo(day, 12);
      await world.call("POST", MANUAL);
    }
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 10)]);
  });
  it("is no copy of ours that was forked from it", async () => {
    const world = await openWorld();
    await world.goTo(0, 12);
    await world.call("POST", MANUAL);
    world.project.user.fork(copyOf("daily", 0), copyOf("weekly", 0), { ready: true });
    await world.goTo(1, 12);
    await world.call("POST", MANUAL);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });
  it("is nothing that was forked from an earlier bearer of its name", async () => {
    const world = await openWorld();
    await world.goTo(0, 12);
    world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
    world.project.user.fork(copyOf("daily", 0), "redesign", { ready: true });
    world.project.user.destroy(copyOf("daily", 0));
    await world.clock.advance(60_000);
    await world.call("POST", MANUAL);
    await world.goTo(1, 12);
    await world.call("POST", MANUAL);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });
});
