import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../services/stores/store.ts";
import type { Blog } from "../emulator/content/support.ts";
import { archivesIn, DAILY, fork, heldUp, jobsIn, projectWithStore, server } from "./jobsSupport.ts";
import { storedManifest } from "./support.ts";

const HOUR_MS = 60 * 60_000;

let world: Blog;
let store: Store;
beforeEach(async () => {
  ({ world, store } = await projectWithStore());
});

const pass = (ms: number) => world.clock.run(() => world.clock.sleep(ms));

describe("a backup that has become ready", () => {
  test("is archived from that very sandbox, once, however often a server looks", async () => {
    const { look, records } = server(world, store);
    await look();
    await look();
    const [key = "", ...others] = await archivesIn(store);
    expect(others).toEqual([]);
    const manifest = await storedManifest(store, key.split("/")[1] ?? "");
    expect(manifest).toMatchObject({
      source: { environment: DAILY },
      scope: { cadences: ["daily"] },
      consistency: "fork",
      partial: false,
    });
    expect(records.map(({ kind, status, trigger }) => [kind, status, trigger])).toEqual([
      ["archive", "done", "schedule"],
      ["verify", "done", "schedule"],
      ["prune", "skipped", "schedule"],
    ]);
    // Another server that starts later finds it made, by DatoCMS and the store alone.
    await server(world, store).look();
    expect(await archivesIn(store)).toEqual([key]);
  });

  test("is archived though somebody has archived it by hand, which stands for no kind of backup", async () => {
    const { start, look, records } = server(world, store);
    const byHand = { trigger: "hand", by: "holder", withAssets: true, isFull: false } as const;
    const asked = { ...byHand, from: DAILY, createdAt: null, cadences: [] };
    await world.clock.run(() => start("archive", asked));
    await look();
    const ids = (await archivesIn(store)).map((key) => key.split("/")[1] ?? "");
    const manifests = await Promise.all(ids.map((id) => storedManifest(store, id)));
    const cadences = manifests.map((manifest) => manifest?.scope.cadences.join());
    expect(cadences.toSorted()).toEqual(["", "daily"]);
    expect(records.filter(({ kind }) => kind === "archive")).toHaveLength(2);
  });

  test("is archived once by two servers that look at the same moment", async () => {
    const [one, other] = [server(world, store), server(world, store)];
    await world.clock.run(() => Promise.all([one.look(), other.look()]));
    await Promise.all([one.look(), other.look()]);
    expect(await archivesIn(store)).toHaveLength(1);
    expect(await jobsIn(world, store)).toMatchObject([{ id: "job_archive-00000001", state: "done" }]);
  });

  test("is archived anew where another one has taken its name", async () => {
    const { look, ended, records } = server(world, store);
    await look();
    await world.clock.run(() => world.client.environments.destroy(DAILY));
    await pass(60_000);
    await fork(world, DAILY);
    ended({ ...BACKUP, startedAt: world.clock.now() });
    await look();
    expect(records.filter(({ kind }) => kind === "archive")).toHaveLength(2);
    // Of one day the newest stays.
    expect(await archivesIn(store)).toHaveLength(1);
  });

  test("is not, where BACKUP_ARCHIVE is off, names others, or cannot be understood", async () => {
    for (const BACKUP_ARCHIVE of ["off", "weekly,monthly", "sometimes"]) {
      const { look, findings } = server(world, store, { variables: { BACKUP_ARCHIVE } });
      await look();
      expect(await archivesIn(store)).toEqual([]);
      const codes = findings().map(({ code }) => code);
      expect(codes).toEqual(BACKUP_ARCHIVE === "sometimes" ? ["INVALID_CONFIGURATION"] : []);
    }
  });

  test("costs no call of DatoCMS's while nothing happens", async () => {
    let calls = 0;
    const fetch: typeof globalThis.fetch = (input, init) => {
      calls += 1;
      return world.emulator.fetch(input, init);
    };
    const { look } = server(world, store, { fetch });
    await look();
    const made = calls;
    for (let hour = 0; hour < 20; hour += 1) {
      await pass(HOUR_MS);
      await look();
    }
    expect(calls).toBe(made);
    // Once a day it looks all the same: another deployment may have made a backup.
    await pass(5 * HOUR_MS);
    await look();
    expect(calls).toBe(made + 1);
  });
});

test("a share of the store is read again once a day", async () => {
  const { look, samples } = server(world, store);
  await look();
  await look();
  expect(samples).toMatchObject([{ kind: "verify", level: "sample", status: "done", trigger: "schedule" }]);
  await pass(25 * HOUR_MS);
  await look();
  expect(samples).toHaveLength(2);
});

describe("an archive that is cut off", () => {
  test("by a kill is made by the next server, once the lease is over, and is one", async () => {
    const held = heldUp(world);
    const killed = server(world, store, { fetch: held.fetch });
    void world.clock.run(() => killed.look()).catch(() => {});
    await pass(20_000);
    expect(held.reached()).toBeGreaterThan(0);
    expect(killed.inUse()).toEqual([DAILY]);
    killed.kill();
    const next = server(world, store);
    await next.look();
    expect(await archivesIn(store)).toEqual([]);
    await pass(70_000);
    await next.look();
    expect(await archivesIn(store)).toHaveLength(1);
    expect(await jobsIn(world, store)).toMatchObject([{ state: "done", epoch: 2 }]);
    held.go();
    await pass(120_000);
    expect(await archivesIn(store)).toHaveLength(1);
  });

  test("by the end of its process leaves an open job, which the next one goes on with at once", async () => {
    const held = heldUp(world);
    const stopped = server(world, store, { fetch: held.fetch });
    const looking = stopped.look();
    await pass(20_000);
    stopped.stop();
    await looking;
    expect(await jobsIn(world, store)).toMatchObject([{ state: "running", holder: null, failure: null }]);
    expect(stopped.records).toEqual([]);
    await server(world, store).look();
    expect(await archivesIn(store)).toHaveLength(1);
  });
});

describe("an archive that fails", () => {
  test("is one failed run, and is tried again in the next hour, not before", async () => {
    let isBroken = true;
    let calls = 0;
    const fetch: typeof globalThis.fetch = (input, init) => {
      calls += 1;
      const isContent = !/\/environments(?:\?|$)/.test(String(input));
      return isBroken && isContent
        ? Promise.resolve(new Response("{}", { status: 403 }))
        : world.emulator.fetch(input, init);
    };
    const { look, records, log } = server(world, store, { fetch });
    await look();
    expect(records).toMatchObject([{ kind: "archive", status: "failed", cadences: ["daily"] }]);
    expect(log.filter(({ event }) => event === "job_ended")).toMatchObject([{ level: "error" }]);
    const made = calls;
    await pass(HOUR_MS / 2);
    await look();
    expect(calls).toBe(made);
    isBroken = false;
    await pass(HOUR_MS / 2);
    await look();
    expect(await archivesIn(store)).toHaveLength(1);
  });

  test("in part is kept, and is tried again after a day", async () => {
    const { id, url, request_headers } = await world.client.uploadRequest.create({ filename: "a.txt" });
    const headers = new Headers(
      Object.entries(request_headers ?? {}).map(([name, text]) => [name, `${text}`]),
    );
    await world.emulator.fetch(url, { method: "PUT", headers, body: "hello" });
    await world.client.uploads.create({ path: id });
    await fork(world, "backup-plugin-weekly-2026-03-01");
    const fetch: typeof globalThis.fetch = (input, init) =>
      String(input).startsWith("https://www.datocms-assets.com")
        ? Promise.resolve(new Response("gone", { status: 404 }))
        : world.emulator.fetch(input, init);
    const { look, records, ended } = server(world, store, { fetch, variables: { BACKUP_ARCHIVE: "weekly" } });
    await look();
    expect(records.map(({ kind, status }) => [kind, status])).toContainEqual(["archive", "partial"]);
    expect(await jobsIn(world, store)).toMatchObject([{ state: "partial" }]);
    for (const hours of [2, 23]) {
      await pass(hours * HOUR_MS);
      ended(BACKUP);
      await look();
    }
    expect(records.filter(({ kind }) => kind === "archive")).toHaveLength(2);
  });

  test("stands still for two hours is told", async () => {
    let isHeld = true;
    const runsOver = async () => {
      while (isHeld) await world.clock.sleep(1_000);
    };
    const { look, findings, log } = server(world, store, { runsOver });
    const looking = look();
    await pass(3 * HOUR_MS);
    const again = look();
    await pass(1_000);
    expect(findings()).toMatchObject([{ code: "JOB_STUCK", level: "warn" }]);
    expect(log.filter(({ event }) => event === "job_stuck")).toHaveLength(1);
    isHeld = false;
    await Promise.all([looking, again]);
    await look();
    expect(findings()).toEqual([]);
  });
});

test("an archive waits while a backup run of this process is under way", async () => {
  let isRunning = true;
  let calls: string[] = [];
  const runsOver = async () => {
    while (isRunning) await world.clock.sleep(1_000);
  };
  const fetch: typeof globalThis.fetch = (input, init) => {
    calls.push(String(input));
    return world.emulator.fetch(input, init);
  };
  const looking = server(world, store, { fetch, runsOver }).look();
  await pass(60_000);
  calls = calls.filter((each) => !/\/environments(?:\?|$)/.test(each));
  expect(calls).toEqual([]);
  isRunning = false;
  await looking;
  expect(await archivesIn(store)).toHaveLength(1);
});

describe("a verification that is asked for", () => {
  const byHand = { trigger: "hand", by: "holder", level: "quick" } as const;
  const asked = (archive: string) => ({ ...byHand, archive });

  test("is that of the archive that is named, however many are asked for at once", async () => {
    const { start, look, records } = server(world, store);
    await look();
    const others = "2026-02-01T000000Z-main-00000000";
    const archive = ((await archivesIn(store))[0] ?? "").split("/")[1] ?? "";
    const ask = () =>
      Promise.all([
        start("verify", asked(archive)),
        start("verify", asked(archive)),
        start("verify", asked(others)),
        start("verify", { ...asked(archive), level: "deep" }),
      ]);
    const [first, second, third, fourth] = await world.clock.run(ask);
    const id = first.ok ? first.value.id : "";
    expect(second).toMatchObject({ ok: true, value: { id } });
    for (const each of [third, fourth])
      expect(each).toMatchObject({
        ok: false,
        failure: { cause: "VERIFICATION_UNDER_WAY", facts: { job: id } },
      });
    const verifications = () =>
      records.filter(({ kind, trigger }) => kind === "verify" && trigger === "hand");
    await expect.poll(verifications).toMatchObject([{ archiveId: archive, level: "quick", status: "done" }]);
  });

  test("is gone on with by the next server where its own was killed", async () => {
    await server(world, store).look();
    const archive = ((await archivesIn(store))[0] ?? "").split("/")[1] ?? "";
    const killed = server(world, store);
    await world.clock.run(() => killed.start("verify", asked(archive)));
    killed.kill();
    expect((await jobsIn(world, store))[0]).toMatchObject({ kind: "verify", endedAt: null });
    await pass(70_000);
    const next = server(world, store);
    await next.look();
    await expect.poll(() => jobsIn(world, store)).toMatchObject([{ kind: "verify", state: "done" }, {}]);
  });
});

const BACKUP = {
  kind: "backup",
  trigger: "schedule",
  by: "schedule",
  status: "done",
  startedAt: 0,
  durationMs: 1,
  calls: 3,
  result: { ok: true, value: [] },
} as const;
