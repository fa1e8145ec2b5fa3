import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { fateOf } from "../../services/archiveFate.ts";
import { type ArchiveHost, archivesIn } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/backupService.ts";
import { historyOf } from "../../services/history/history.ts";
import { storeUnavailable } from "../../services/stores/failures.ts";
import type { Store } from "../../services/stores/store.ts";
import { failed } from "../../utils/failures.ts";
import { type Blog, blog } from "../emulator/content/support.ts";
import { TOKEN } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { keysOf, memoryStore } from "./support.ts";
import { fileOf, tarOf } from "./tarSupport.ts";

let world: Blog;
let store: Store;
beforeEach(async () => {
  world = await blog();
  store = memoryStore(world);
});

function archives(changes: Partial<ArchiveHost> = {}, into = store) {
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN };
  const { clock, emulator } = world;
  const host = { variables, directory: "/", clock, fetch: emulator.fetch, ...changes };
  return archivesIn(into, value(projectFrom(variables)), host);
}

const REQUEST = {
  from: "main",
  withAssets: true,
  isFull: false,
  callsPerSecond: 1_000,
  onProgress: () => {},
};

const create = (service = archives()) => world.clock.run(() => service.create(REQUEST));
const runs = async () => value(await historyOf(store).list({ limit: 10 })).runs;

describe("a verb of archives ends as one run", () => {
  test("that made an archive, by its id and what it stored", async () => {
    const manifest = value(await create());
    const [run, ...others] = await runs();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ kind: "archive", status: "done", trigger: "hand", cadences: [] });
    expect(run?.bytes).toBe(manifest.storedBytes);
    expect(value(await historyOf(store).get(run?.id ?? ""))).toMatchObject({
      by: "holder",
      calls: manifest.calls,
      archive: { id: manifest.id, environmentId: "main", warnings: [] },
    });
  });

  test("that made one by schedule, for a kind of backup, not complete", async () => {
    const asked = { trigger: "schedule", by: "schedule" } as const;
    const fetch: typeof globalThis.fetch = (input, init) =>
      String(input).startsWith("https://www.datocms-assets.com")
        ? Promise.resolve(new Response("gone", { status: 404 }))
        : world.emulator.fetch(input, init);
    const { id, url, request_headers } = await world.client.uploadRequest.create({ filename: "a.txt" });
    const headers = z.record(z.string(), z.string()).parse(request_headers);
    await world.emulator.fetch(url, { method: "PUT", headers, body: "hello" });
    await world.client.uploads.create({ path: id });
    await world.clock.run(() => archives({ asked, fetch }).create({ ...REQUEST, cadences: ["daily"] }));
    expect(await runs()).toMatchObject([
      { kind: "archive", status: "partial", trigger: "schedule", cadences: ["daily"] },
    ]);
  });

  test("that read the day's sample of the whole store, once a day, and none where it is off", async () => {
    await create();
    expect(await archives({ variables: { BACKUP_VERIFY_SAMPLE: "off" } }).sample()).toEqual({
      ok: true,
      value: undefined,
    });
    expect(value(await archives().sample())?.objects).toBeGreaterThan(0);
    expect(value(await archives().sample())).toBeUndefined();
    const [run, ...others] = await runs();
    expect(others).toHaveLength(1);
    expect(run).toMatchObject({ kind: "verify", status: "done" });
    expect(value(await historyOf(store).get(run?.id ?? ""))).toMatchObject({
      verify: { archiveId: null, level: "sample", problems: 0 },
    });
  });

  test("that verified, with what it looked at and found", async () => {
    const manifest = value(await create());
    value(await archives().verify("latest", "quick"));
    expect((await runs())[0]).toMatchObject({ kind: "verify", status: "done" });
    value(await store.delete([manifest.files[0]?.object ?? ""]));
    await world.clock.run(() => world.clock.sleep(1_000));
    value(await archives().verify("latest", "full"));
    const [newest] = await runs();
    expect(newest).toMatchObject({ kind: "verify", status: "failed" });
    const run = value(await historyOf(store).get(newest?.id ?? ""));
    expect(run?.verify).toMatchObject({ archiveId: manifest.id, level: "full", problems: 1 });
    expect(run?.bytes).toBeGreaterThan(0);
  });

  test("that took an archive in, apart from those that made one", async () => {
    const manifest = value(await create());
    const tar = await tarOf(store);
    const elsewhere = memoryStore(world);
    const service = archives({}, elsewhere);
    value(await world.clock.run(() => service.upload(fileOf(tar), () => {})));
    const refused = await world.clock.run(() => service.upload(fileOf(tar), () => {}));
    expect(refused).toMatchObject({ ok: false, failure: { cause: "ARCHIVE_EXISTS" } });
    const { list, get } = historyOf(elsewhere);
    const { runs: listed } = value(await list({ limit: 10 }));
    const kept = await Promise.all(listed.map(async ({ id }) => value(await get(id))));
    expect(
      kept.toSorted((one, other) => (one?.status ?? "").localeCompare(other?.status ?? "")),
    ).toMatchObject([
      {
        ...{ kind: "upload", status: "done", trigger: "hand", by: "holder", cadences: [], failure: null },
        bytes: tar.length,
        archive: { id: manifest.id, environmentId: "main", warnings: [] },
      },
      { kind: "upload", status: "failed", archive: { id: null }, failure: { cause: "ARCHIVE_EXISTS" } },
    ]);
    expect(value(await list({ kind: "archive", limit: 10 })).runs).toEqual([]);
  });

  test("that broke, and says why; where nothing of the project is in the store it stays empty", async () => {
    value(await create());
    await world.clock.run(() => world.clock.sleep(1_000));
    const broken = await world.clock.run(() => archives().create({ ...REQUEST, from: "nowhere" }));
    expect(broken).toMatchObject({ ok: false, failure: { cause: "ENVIRONMENT_NOT_FOUND" } });
    const [run] = await runs();
    expect(run).toMatchObject({ kind: "archive", status: "failed" });
    expect(value(await historyOf(store).get(run?.id ?? ""))?.failure).toMatchObject({
      cause: "ENVIRONMENT_NOT_FOUND",
    });

    const empty = memoryStore(world);
    await world.clock.run(() => archives({}, empty).create({ ...REQUEST, from: "nowhere" }));
    expect(await keysOf(empty)).toEqual([]);
  });

  test("that was refused its sweep says why; the first that was not is kept too, though it deleted nothing", async () => {
    const { id } = value(await create());
    const service = archives({ asked: { trigger: "schedule", by: "schedule" } });
    const prune = async () => {
      await world.clock.run(() => world.clock.sleep(1_000));
      value(await service.prune({ isDryRun: false, isForced: false }));
      return (await runs()).filter(({ kind }) => kind === "prune").map(({ status }) => status);
    };
    expect(await prune()).toEqual([]);
    const key = `archives/${id}/manifest.json`;
    const manifest = value(await store.get(key))?.bytes ?? new Uint8Array();
    value(await store.put(key, new TextEncoder().encode("{}")));
    expect(await prune()).toEqual(["partial"]);
    const [run] = await runs();
    expect(value(await historyOf(store).get(run?.id ?? ""))?.prune).toMatchObject({
      refusal: { cause: "SWEEP_REFUSED", sentence: expect.stringContaining(id) },
    });
    value(await store.put(key, manifest));
    expect(await prune()).toEqual(["done", "partial"]);
    expect(await prune()).toEqual(["done", "partial"]);
  });

  test("that could not be kept fails nothing", async () => {
    const full: Store = {
      ...store,
      put: async (key, body, options) =>
        key.startsWith("runs/") ? failed(storeUnavailable("full")) : store.put(key, body, options),
    };
    expect((await create(archives({}, full))).ok).toBe(true);
    expect(await keysOf(store, "runs/")).toEqual([]);
  });

  test("and outlives its archive: the run that pruned it tells when it went", async () => {
    const manifest = value(await create());
    const history = historyOf(store);
    const archive = { archiveId: manifest.id, madeAt: 0 };
    expect(value(await fateOf(store, history, archive))).toEqual({ kind: "kept" });
    value(await store.delete([`archives/${manifest.id}/manifest.json`]));
    expect(value(await fateOf(store, history, archive))).toEqual({ kind: "expired", at: undefined });
    const at = world.clock.now() + 1_000;
    const pruned = { trigger: "schedule", by: "schedule", startedAt: at, durationMs: 1, calls: 0 } as const;
    const result = { ok: true, value: { deleted: [manifest.id], kept: 3 } } as const;
    value(await history.finish({ ...pruned, kind: "prune", status: "done", result }));
    expect(value(await fateOf(store, history, archive))).toEqual({ kind: "expired", at });
  });
});
