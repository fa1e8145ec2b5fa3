import { beforeEach, describe, expect, test } from "vitest";
import type { ScheduleWishes } from "../../services/archive/schedules/schedule.ts";
import { schedulesOf } from "../../services/archive/schedules/schedules.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Blog } from "../emulator/content/support.ts";
import { value } from "../stores/conformance.ts";
import {
  archivesIn,
  DAILY,
  heldUp,
  jobsIn,
  projectWithStore,
  type ServerOptions,
  server,
} from "./jobsSupport.ts";
import { storedManifest } from "./support.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** Everything stays, so that one archive too many is seen. */
const WISHES = { name: "Nightly", every: "hourly", zone: "UTC", keep: { count: 99 }, enabled: true };

let world: Blog;
let store: Store;
beforeEach(async () => {
  ({ world, store } = await projectWithStore());
});

const pass = (ms: number) => world.clock.run(() => world.clock.sleep(ms));
const schedules = () => schedulesOf(store, world.clock);
const scheduled = async (wishes: Partial<ScheduleWishes> = {}) =>
  value(await schedules().create({ ...WISHES, ...wishes }));
const lastRun = async (id: string) => value(await schedules().get(id))?.lastRun;
/** One that archives by schedules of archives alone. */
const serverOf = (options: ServerOptions = {}) =>
  server(world, store, { ...options, variables: { BACKUP_ARCHIVE: "off", ...options.variables } });

/** The schedules that the archives of the store name, in the order of their ids. */
async function made() {
  const ids = (await archivesIn(store)).map((key) => key.split("/")[1] ?? "");
  const manifests = await Promise.all(ids.map((id) => storedManifest(store, id)));
  return manifests.map((manifest) => manifest?.scope.schedule);
}

describe("a schedule that has come", () => {
  test("makes one archive of the newest backup, which names it, however often a server looks", async () => {
    const { id } = await scheduled();
    const { look, records } = serverOf();
    await look();
    expect(await made()).toEqual([]);
    await pass(HOUR_MS);
    await look();
    await look();
    const slot = new Date(Math.floor(world.clock.now() / HOUR_MS) * HOUR_MS).toISOString();
    expect(await made()).toEqual([{ id, slot }]);
    expect(records).toMatchObject([
      { kind: "archive", status: "done", trigger: "schedule", environmentId: DAILY, cadences: [] },
      { kind: "verify", status: "done" },
      { kind: "prune" },
    ]);
    const [key = ""] = await archivesIn(store);
    expect(await lastRun(id)).toMatchObject({
      slot: Date.parse(slot),
      archive: { id: key.split("/")[1], partial: false },
    });
  });

  test("makes one archive where two servers look at the same moment, and where one looks late", async () => {
    await scheduled();
    await pass(HOUR_MS);
    const [one, other] = [serverOf(), serverOf()];
    await world.clock.run(() => Promise.all([one.look(), other.look()]));
    await Promise.all([one.look(), other.look()]);
    await serverOf().look();
    expect(await made()).toHaveLength(1);
  });

  test("makes one archive where a server has looked before another one made it, and opens a job after that", async () => {
    await scheduled();
    await pass(HOUR_MS);
    let isHeld = true;
    let hasLooked = false;
    const slow: Store = {
      ...store,
      async list(query) {
        while (hasLooked && isHeld) await world.clock.sleep(1_000);
        hasLooked ||= query.prefix === "schedules/";
        return store.list(query);
      },
    };
    const looking = server(world, slow, { variables: { BACKUP_ARCHIVE: "off" } }).look();
    await pass(1_000);
    expect(hasLooked).toBe(true);
    await serverOf().look();
    isHeld = false;
    await looking;
    expect(await made()).toHaveLength(1);
    expect((await jobsIn(world, store)).map(({ state }) => state)).toEqual(["done", "done"]);
  });

  test("makes one archive for all the times that were missed", async () => {
    await scheduled();
    await pass(30 * HOUR_MS);
    await serverOf().look();
    expect(await made()).toHaveLength(1);
  });

  test("makes the next archive at its next time", async () => {
    await scheduled({ every: "daily", keep: { count: 9 } });
    const { look } = serverOf();
    for (let hours = 0; hours < 72; hours += 6) {
      await pass(6 * HOUR_MS);
      await look();
    }
    expect(await made()).toHaveLength(3);
  });

  test("makes its own archive beside those of another schedule, and of a backup's", async () => {
    const [one, other] = [await scheduled(), await scheduled()];
    await pass(HOUR_MS);
    await server(world, store).look();
    const ids = (await made()).map((schedule) => schedule?.id ?? "").sort();
    expect(ids).toEqual(["", one.id, other.id].sort());
  });

  test("waits for an archive that somebody has asked for by hand, and then makes its own", async () => {
    const { id } = await scheduled();
    await pass(HOUR_MS);
    const held = heldUp(world);
    const { start, look } = serverOf({ fetch: held.fetch });
    const byHand = { trigger: "hand", by: "holder", withAssets: true, isFull: false } as const;
    void start("archive", { ...byHand, from: null, createdAt: null, cadences: [] });
    await pass(20_000);
    const looking = look();
    held.go();
    await looking;
    expect((await made()).map((schedule) => schedule?.id)).toEqual(expect.arrayContaining([undefined, id]));
    expect(await jobsIn(world, store)).toHaveLength(2);
  });
});

describe("nothing is made of a schedule", () => {
  test("that is switched off; switched on again, it counts from then on", async () => {
    const { id } = await scheduled({ enabled: false });
    await pass(2 * HOUR_MS);
    await serverOf().look();
    value(await schedules().change(id, (before) => ({ ...before, enabled: true })));
    await serverOf().look();
    expect(await made()).toEqual([]);
    await pass(HOUR_MS);
    await serverOf().look();
    expect(await made()).toHaveLength(1);
  });

  test("that has got other times while it was due; another name leaves it due", async () => {
    const [renamed, moved] = [await scheduled(), await scheduled()];
    await pass(HOUR_MS);
    value(await schedules().change(renamed.id, (before) => ({ ...before, name: "Other" })));
    value(await schedules().change(moved.id, (before) => ({ ...before, every: "daily" })));
    await serverOf().look();
    expect((await made()).map((schedule) => schedule?.id)).toEqual([renamed.id]);
  });

  test("that was deleted while its job was open", async () => {
    const { id } = await scheduled();
    await pass(HOUR_MS);
    const held = heldUp(world);
    const killed = serverOf({ fetch: held.fetch });
    void killed.look().catch(() => {});
    await pass(20_000);
    expect(held.reached()).toBeGreaterThan(0);
    killed.kill();
    value(await schedules().delete(id));
    await pass(2 * HOUR_MS);
    await serverOf().look();
    expect(await made()).toEqual([]);
    expect(await jobsIn(world, store)).toMatchObject([{ state: "done", result: null }]);
  });

  test("that cannot be read, and the others are made all the same", async () => {
    await store.put("schedules/schedule_0.json", new TextEncoder().encode("{}"));
    const { id } = await scheduled();
    await pass(HOUR_MS);
    const { look, log } = serverOf();
    await look();
    expect((await made()).map((schedule) => schedule?.id)).toEqual([id]);
    expect(log).toContainEqual(expect.objectContaining({ event: "schedule_unreadable" }));
  });
});

describe("a schedule's archive", () => {
  test("that a killed server has written, but not noted, is found by the next one", async () => {
    const { id } = await scheduled();
    await pass(HOUR_MS);
    let killed = false;
    const mortal: Store = {
      ...store,
      async put(key, ...rest) {
        if (killed) return new Promise(() => {});
        const put = await store.put(key, ...rest);
        killed ||= /^archives\/.*manifest\.json$/.test(key);
        return killed ? new Promise(() => {}) : put;
      },
    };
    void server(world, mortal, { variables: { BACKUP_ARCHIVE: "off" } })
      .look()
      .catch(() => {});
    await pass(60_000);
    expect(await made()).toHaveLength(1);
    await pass(70_000);
    await serverOf().look();
    expect(await made()).toHaveLength(1);
    const [key = ""] = await archivesIn(store);
    expect(await lastRun(id)).toMatchObject({ archive: { id: key.split("/")[1] } });
  });

  test("that fails is noted, and tried again in the next hour, not before", async () => {
    const { id } = await scheduled({ every: "daily" });
    await pass(DAY_MS);
    let isBroken = true;
    let calls = 0;
    const fetch: typeof globalThis.fetch = (input, init) => {
      calls += 1;
      return isBroken
        ? Promise.resolve(new Response("{}", { status: 403 }))
        : world.emulator.fetch(input, init);
    };
    const { look, records } = serverOf({ fetch });
    await look();
    expect(records).toMatchObject([{ kind: "archive", status: "failed", trigger: "schedule" }]);
    expect(await lastRun(id)).toMatchObject({ failure: { cause: "DATOCMS_REFUSED" } });
    const asked = calls;
    await pass(HOUR_MS / 2);
    await look();
    expect(calls).toBe(asked);
    isBroken = false;
    await pass(HOUR_MS / 2);
    await look();
    expect(await made()).toHaveLength(1);
    expect((await lastRun(id))?.failure).toBeUndefined();
  });

  test("that would fetch more than the schedule allows is not begun, until its next time or a change", async () => {
    const { id } = await scheduled({ every: "daily", maxBytes: 4_999 });
    const limit = { code: "uploadable_bytes", usage: 5_000, limit: null };
    const data = [{ id: "1", type: "subscription_limit", attributes: limit }];
    let asked = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (!String(input).includes("/subscription-limits")) return world.emulator.fetch(input, init);
      asked += 1;
      return Response.json({ data });
    };
    const { look } = serverOf({ fetch });
    for (const hours of [24, 2, 2]) {
      await pass(hours * HOUR_MS);
      await look();
    }
    expect(asked).toBe(1);
    expect(await made()).toEqual([]);
    expect(await lastRun(id)).toMatchObject({ failure: { cause: "ARCHIVE_TOO_LARGE" } });
    value(await schedules().change(id, (before) => ({ ...before, maxBytes: 5_000 })));
    await look();
    expect(await made()).toHaveLength(1);
  });

  test("is read from an environment that nothing removes meanwhile", async () => {
    await scheduled();
    await pass(HOUR_MS);
    const held = heldUp(world);
    const { look, inUse } = serverOf({ fetch: held.fetch });
    const looking = look();
    await pass(20_000);
    expect(inUse()).toEqual([DAILY]);
    held.go();
    await looking;
    expect(inUse()).toEqual([]);
  });

  test("takes the place of others as its schedule says, and of no others", async () => {
    await scheduled({ keep: { count: 2 } });
    const { look } = serverOf();
    await server(world, store).look();
    for (let count = 0; count < 4; count += 1) {
      await pass(HOUR_MS);
      await look();
    }
    expect((await made()).filter((schedule) => schedule === undefined)).toHaveLength(1);
    expect((await made()).filter((schedule) => schedule !== undefined)).toHaveLength(2);
  });
});
