import { describe, expect, it } from "vitest";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import { copies, destroyed, forks, schedule, withoutCopy } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** Due days are the zone's and names are UTC's: what holds where a name is taken by a copy of an earlier local day. */

const HOUR_MS = 60 * 60_000;
const BY_DATE = "/api/jobs/scheduled-backups";
const NOW = "/api/datocms/backup-now";

/** What DatoCMS has under a name at present. */
const createdAt = (world: World, id: string) => world.project.environment(id)?.createdAt ?? Number.NaN;

/** The present hour of the day in UTC, as a zone in which the day has just begun. */
const zoneOfMidnightAt = (hourUtc: number) =>
  hourUtc > 12 ? `Etc/GMT-${24 - hourUtc}` : `Etc/GMT+${hourUtc}`;

/** Daily by a schedule whose day begins with the slot's hour; the copies of the nights before are there. */
async function nightly(
  options: Partial<ProjectOptions> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  const world = await openWorld(options, variables);
  const { backupSchedule } = schedule(["daily"], copyOf("", -27).slice(-10));
  const timezone = zoneOfMidnightAt(world.slots.daily.hour);
  world.project.user.setParameters("main", { backupSchedule: { ...backupSchedule, timezone } });
  await world.goTo(0, world.slots.daily.hour);
  await world.tick("daily");
  return world;
}

async function anHourBefore({ clock, slots: { daily } }: World): Promise<void> {
  // Else it would be another UTC day, where nothing is in the way.
  expect(daily.hour).toBeGreaterThan(0);
  await clock.advance(at(1, daily.hour - 1) + 60_000 - clock.now());
}

/** An hour before the slot opens on day one, so on the local day before, somebody makes a copy. */
async function madeByHand(
  options: Partial<ProjectOptions> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  const world = await nightly(options, variables);
  await anHourBefore(world);
  const { status } = await world.call("POST", NOW, { body: { scope: "daily" } });
  expect(status).toBe(200);
  expect(copies(world, "daily")).toContain(copyOf("daily", 1));
  return world;
}

describe("a copy made by hand in the afternoon, and the night's run on the same UTC day", () => {
  it("ends in a copy of the night, which takes the name; there is one at every moment", async () => {
    const world = await madeByHand({ forkMs: 5_000 });
    const { hour } = world.slots.daily;
    const byHand = createdAt(world, copyOf("daily", 1));
    await world.goTo(1, hour);
    const run = await world.tick("daily");
    expect(run).toMatchObject({
      kind: "ran",
      attempts: [
        { late: false, outcome: { kind: "done", reused: false, environmentId: copyOf("daily", 1) } },
      ],
    });
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(forks(world)).toHaveLength(3);
    // The one by hand stood aside until the new one was ready.
    const ready = world.project.history.findLast(({ type }) => type === "ready");
    const gone = world.project.history.findLast(({ type }) => type === "destroy-began");
    expect(gone?.id).toMatch(/-superseded-/);
    expect(gone?.at).toBeGreaterThanOrEqual(ready?.at ?? Number.NaN);
    expect(withoutCopy(world, "daily", byHand)).toEqual([]);

    for (let late = 1; late < 6; late += 1) {
      await world.goTo(1, hour + late);
      expect(await world.tick("daily")).toMatchObject({ kind: "skipped", because: "already_made" });
    }
    expect(forks(world)).toHaveLength(3);
  });

  it("is due, and told to be late only when the slot's hours have gone by", async () => {
    const world = await madeByHand();
    const { hour } = world.slots.daily;
    const daily = async () => {
      const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
      return (body.slots as Record<string, Record<string, unknown>>).daily;
    };
    const iso = (instant: number) => new Date(instant).toISOString();
    expect(await daily()).toMatchObject({
      dueNow: false,
      nextBackupAt: iso(at(1, hour) + 5 * 60_000),
      timeliness: "on time",
    });
    await world.goTo(1, hour);
    expect(await daily()).toMatchObject({
      dueNow: true,
      nextBackupAt: iso(at(1, hour + 1) + 5 * 60_000),
      timeliness: "on time",
    });
    await world.goTo(1, hour + 7);
    expect(await daily()).toMatchObject({ timeliness: "late" });
    await world.goTo(2, hour);
    await world.tick("daily");
    expect(await daily()).toMatchObject({ dueNow: false, timeliness: "on time" });
  });

  it("is made up for in a later hour, where the first run did not come", async () => {
    const world = await madeByHand();
    const { hour } = world.slots.daily;
    await world.goTo(1, hour + 3);
    expect(await world.tick("daily")).toMatchObject({ attempts: [{ late: true }] });
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("waits for a fork by hand that is still under way, and then makes its own", async () => {
    const world = await nightly({ forkMs: HOUR_MS + 30 * 60_000 });
    const { hour } = world.slots.daily;
    await anHourBefore(world);
    void world.call("POST", NOW, { body: { scope: "daily" } });
    await world.goTo(1, hour);
    const began = createdAt(world, copyOf("daily", 1));
    expect(began).toBeLessThan(at(1, hour));
    expect(await world.tick("daily")).toMatchObject({ attempts: [{ outcome: { kind: "creating" } }] });
    for (const late of [1, 3]) {
      await world.goTo(1, hour + late);
      await world.tick("daily");
    }
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
    expect(withoutCopy(world, "daily", at(0, 12))).toEqual([]);
  });

  it("sets a held copy aside, and it stays", async () => {
    const world = await madeByHand();
    const { hour } = world.slots.daily;
    const byHand = createdAt(world, copyOf("daily", 1));
    await world.clock.advance(HOUR_MS + 60_000);
    world.project.user.edit(copyOf("daily", 1), { items: 7 });
    await world.goTo(1, hour);
    await world.tick("daily");
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
    await world.goTo(2, hour);
    await world.tick("daily");
    const stays = world.project.environments().find(({ createdAt: each }) => each === byHand);
    expect(stays).toMatchObject({ status: "ready" });
    expect(stays?.id).toMatch(`${copyOf("daily", 1)}-superseded-`);
  });

  it("is forked anew where the fork of a replacement had failed and only the one set aside is left", async () => {
    const world = await madeByHand();
    const { hour } = world.slots.daily;
    world.project.user.rename(copyOf("daily", 1), `${copyOf("daily", 1)}-superseded-120000000`);
    await world.goTo(1, hour);
    await world.tick("daily");
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("keeps the one by hand where the new fork fails", async () => {
    const world = await madeByHand();
    const { hour } = world.slots.daily;
    const byHand = createdAt(world, copyOf("daily", 1));
    world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
    await world.goTo(1, hour);
    expect(await world.tick("daily")).toMatchObject({ attempts: [{ outcome: { kind: "failed" } }] });
    expect(createdAt(world, copyOf("daily", 1))).toBe(byHand);
    await world.goTo(1, hour + 1);
    await world.tick("daily");
    expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThan(byHand);
    expect(withoutCopy(world, "daily", byHand)).toEqual([]);
  });

  it.each([300, 2_500])(
    "makes one copy where two ticks replace it at once (fork of %i ms)",
    async (forkMs) => {
      const counts: number[] = [];
      for (let gapMs = 0; gapMs <= 4_000; gapMs += 125) {
        const world = await madeByHand({ forkMs });
        const { hour } = world.slots.daily;
        await world.goTo(1, hour);
        const runs = await Promise.all([
          world.tick("daily"),
          world.clock.advance(gapMs).then(() => world.tick("daily")),
        ]);
        for (const run of runs)
          if (run?.kind === "ran") expect(run.attempts.map(({ outcome }) => outcome.kind)).toEqual(["done"]);
        expect(createdAt(world, copyOf("daily", 1))).toBeGreaterThanOrEqual(at(1, hour));
        expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
        expect(withoutCopy(world, "daily", at(1, hour))).toEqual([]);
        counts.push(forks(world).length);
      }
      // One of the night before, one by hand, one of this night.
      expect(counts).toEqual(counts.map(() => 3));
    },
  );
});

describe("a replacement for which the plan has no room", () => {
  it.each(["listed", "404"] as const)(
    "leaves the copy that is there, says so and goes on the next day (limits %s)",
    async (limitsEndpoint) => {
      const world = await madeByHand({ plan: { sandboxLimit: 1, limitsEndpoint } });
      const { hour } = world.slots.daily;
      const byHand = createdAt(world, copyOf("daily", 1));
      for (let late = 0; late < 24; late += 1) {
        await world.goTo(1, hour + late);
        const run = await world.tick("daily");
        expect(run).toMatchObject({
          kind: "skipped",
          reason: "NOT_DUE_IN_DISTRIBUTED_SLOT",
          because: late < 6 ? "no_room" : "other_hour",
        });
        expect(createdAt(world, copyOf("daily", 1))).toBe(byHand);
      }
      expect(withoutCopy(world, "daily", at(1, hour))).toEqual([]);
      await world.goTo(2, hour);
      expect(await world.tick("daily")).toMatchObject({ attempts: [{ outcome: { kind: "done" } }] });
      expect(copies(world, "daily")).toEqual([copyOf("daily", 2)]);
    },
  );

  it("is told to a call by date", async () => {
    const world = await madeByHand({ plan: { sandboxLimit: 1 } });
    await world.goTo(1, world.slots.daily.hour);
    const { status, body } = await world.call("POST", BY_DATE);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      result: { skipped: true, reason: "NOT_DUE", problems: [{ code: "NO_ROOM_FOR_REPLACEMENT" }] },
    });
  });
});

describe("a crontab of local time, that calls by date", () => {
  /** Days of one call each, at half past midnight in London. */
  async function london(from: string, days: number): Promise<{ world: World; calls: number[] }> {
    const world = await openWorld({ createdAt: Date.parse("2025-01-01T00:00:00Z") });
    const saved = schedule(["daily"], "2026-03-01");
    const { backupSchedule } = saved;
    world.project.user.setParameters("main", {
      backupSchedule: { ...backupSchedule, timezone: "Europe/London" },
    });
    const calls: number[] = [];
    for (let day = 0; day < days; day += 1) {
      const midnight = Date.parse(`${from}T00:30:00Z`) + day * 24 * HOUR_MS;
      const isSummer =
        midnight >= Date.parse("2026-03-30T00:00:00Z") && midnight < Date.parse("2026-10-26T00:00:00Z");
      const call = midnight - (isSummer ? HOUR_MS : 0);
      await world.clock.advance(call - world.clock.now());
      calls.push(call);
      const { status } = await world.call("POST", BY_DATE);
      expect(status).toBe(200);
      const newest = Math.max(...copies(world, "daily").map((id) => createdAt(world, id)));
      expect(newest, new Date(call).toISOString()).toBeGreaterThanOrEqual(call);
    }
    return { world, calls };
  }

  it.each(["2026-03-26", "2026-10-22"])(
    "has a copy of each local day where the clocks change, from %s",
    async (from) => {
      const { world } = await london(from, 7);
      expect(forks(world)).toHaveLength(7);
      expect(destroyed(world)).toHaveLength(6);
      expect(copies(world, "daily")).toHaveLength(1);
    },
  );
});

describe("a host whose clock is ahead, with a saved schedule", () => {
  it.each([1, 3])("by %d days makes one copy a day all the same", async (days) => {
    const world = await nightly();
    const { hour } = world.slots.daily;
    const { clock } = world;
    const runtime = { clock: { ...clock, now: () => clock.now() + days * 24 * HOUR_MS } };
    for (let day = 1; day <= 3; day += 1)
      for (let late = 0; late < 6; late += 1) {
        await world.goTo(day, hour + late);
        await world.tick("daily", { runtime });
      }
    expect(forks(world)).toHaveLength(4);
  });
});

const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};
