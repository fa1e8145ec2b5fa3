import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findArchive } from "../../services/archive/archives.ts";
import type { Manifest } from "../../services/archive/manifest.ts";
import { spoiltKeys } from "../../services/archive/spoiltNotes.ts";
import { type VerifyDepth, verifyAndNote } from "../../services/archive/verify/noted.ts";
import { sampleDaily } from "../../services/archive/verify/sample/daily.ts";
import { readVerifyState } from "../../services/archive/verify/state.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { contentWorld } from "../emulator/content/support.ts";
import type { World } from "../emulator/support.ts";
import { archived, hashOf, keysOf, linesOf, memoryStore, PNG, upload, watchedStore } from "./support.ts";

const DAY_MS = 24 * 60 * 60_000;
const THREE = { percent: 3 };

/** A day's clock, and a store of files and assets of a few bytes each. */
async function openSampled(count = 150) {
  let day = 20_000;
  const clock: Clock = { now: () => day * DAY_MS + 1, monotonic: () => 0, sleep: async () => {} };
  const store = createMemoryStore({ now: clock.now });
  for (let number = 0; number < count; number += 1) await store.put(...objectOf(number));
  const { store: noted, read } = watchedStore(store);
  return {
    store,
    read: () => read.splice(0).filter((key) => /^(?:objects|assets)\//.test(key)),
    clock,
    sample: () => sampleDaily(noted, clock, THREE),
    goOn: (days = 1) => {
      day += days;
    },
  };
}

/** A JSON document, packed lines and an asset in turn, each named by what is in it. */
function objectOf(number: number): [key: string, bytes: Uint8Array<ArrayBuffer>] {
  const plain = new TextEncoder().encode(`{"number":${number + 1_000}}`);
  if (number % 3 === 0) return [`objects/${hashOf("sha256", plain)}.json`, plain];
  if (number % 3 === 1)
    return [`objects/${hashOf("sha256", plain)}.ndjson.gz`, new Uint8Array(gzipSync(plain))];
  return [`assets/md5-${hashOf("md5", plain)}-${plain.byteLength}`, plain];
}

async function spoil(store: Store, key: string): Promise<void> {
  const stored = await store.get(key);
  const size = stored.ok ? (stored.value?.bytes.byteLength ?? 0) : 0;
  await store.put(key, new TextEncoder().encode("x".repeat(size)));
}

async function notes(store: Store): Promise<string[]> {
  const keys = await spoiltKeys(store);
  return keys.ok ? [...keys.value] : [];
}

describe("the daily sample", () => {
  test("reads some of the store each day, each object once in 34 days", async () => {
    const { read, sample, goOn } = await openSampled();
    const days: string[][] = [];
    for (let day = 0; day < 34; day += 1) {
      expect(await sample()).toMatchObject({ ok: true, value: { problems: [] } });
      days.push(read());
      goOn();
    }
    expect(new Set(days.flat()).size).toBe(150);
    for (const keys of days) expect(keys.length).toBeLessThan(15);
  });

  test("is taken once a day, however often it is asked for", async () => {
    const { read, sample, goOn } = await openSampled();
    await sample();
    expect(read().length).toBeGreaterThan(0);
    expect(await sample()).toEqual({ ok: true, value: undefined });
    expect(read()).toEqual([]);
    goOn();
    await sample();
    expect(read().length).toBeGreaterThan(0);
  });

  test("notes each spoilt object until good bytes lie there again", async () => {
    const { store, sample, goOn } = await openSampled(30);
    const spoilt = [0, 1, 2].map((number) => objectOf(number)[0]);
    for (const key of spoilt) await spoil(store, key);
    for (let day = 0; day < 34; day += 1) {
      await sample();
      goOn();
    }
    expect((await notes(store)).toSorted()).toEqual(spoilt.toSorted());
    const state = await readVerifyState(store);
    expect(state).toMatchObject({ value: { state: { last: { sample: { problems: 3 } } } } });
    await store.put(...objectOf(0));
    await store.delete([objectOf(1)[0]]);
    await sample();
    expect(await notes(store)).toEqual([objectOf(2)[0]]);
  });

  test("begins anew where its memory is damaged, and reads everything all the same", async () => {
    const { store, read, sample, goOn } = await openSampled(60);
    const seen = new Set<string>();
    for (let day = 0; day < 40; day += 1) {
      if (day === 5) await store.put("verify/state.json", new TextEncoder().encode("{"));
      await sample();
      for (const key of read()) if (day >= 5) seen.add(key);
      goOn();
    }
    expect(seen.size).toBe(60);
  });

  test("that is stopped is gone on with on the same day", async () => {
    const { store, clock, read } = await openSampled(2);
    const stop = AbortSignal.abort();
    expect(await sampleDaily(store, clock, { percent: 100, stop })).toMatchObject({
      value: { objects: 0 },
    });
    expect(await sampleDaily(store, clock, { percent: 100 })).toMatchObject({ value: { objects: 2 } });
    expect(read()).toEqual([]);
  });

  test("tells that the store does not answer, and has noted nothing as read", async () => {
    const { store, clock } = await openSampled(3);
    const silent: Store = { ...store, get: (key) => store.get(key.startsWith("objects/") ? "../" : key) };
    expect(await sampleDaily(silent, clock, { percent: 100 })).toMatchObject({ ok: false });
    expect(await sampleDaily(store, clock, { percent: 100 })).toMatchObject({ value: { objects: 3 } });
  });
});

/** A project with authors and a file, archived. */
async function worldWithArchive() {
  const world = contentWorld();
  const { client } = world;
  const model = await client.itemTypes.create({ name: "Author", api_key: "author" });
  for (let count = 0; count < 3; count += 1)
    await client.items.create({ item_type: { type: "item_type", id: model.id } });
  await upload(world, "a.png", PNG);
  const store = memoryStore(world);
  return { world, store, manifest: await archived(world, store) };
}

async function verified(world: World, store: Store, { id }: Manifest, depth: VerifyDepth) {
  const found = await findArchive(store, id);
  if (!found.ok) throw new Error(found.failure.sentence);
  const result = await verifyAndNote(store, world.clock, found.value, depth);
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}

describe("an object that a verification has found spoilt", () => {
  test.each(["records/", "assets/"])(
    "is never taken over: %s is written anew, and set aside",
    async (what) => {
      const { world, store, manifest } = await worldWithArchive();
      const [asset = ""] = await keysOf(store, "assets/");
      const key = manifest.files.find(({ path }) => path.startsWith(what))?.object ?? asset;
      await spoil(store, key);
      expect(await verified(world, store, manifest, "full")).toMatchObject({
        problems: [{ code: "CHANGED" }],
      });
      expect(await notes(store)).toEqual([key]);
      const next = await archived(world, store, { previous: manifest, random: "00000001" });
      expect(next.partial).toBe(false);
      expect(await verified(world, store, next, "deep")).toMatchObject({ problems: [] });
      expect(await linesOf(store, next, "records/")).toHaveLength(3);
      expect(await notes(store)).toEqual([]);
      expect(await keysOf(store, "quarantine/")).toEqual([expect.stringContaining(`quarantine/${key}-`)]);
    },
  );

  test("is not told as complete where its file cannot be fetched any more", async () => {
    const { world, store, manifest } = await worldWithArchive();
    const [asset = ""] = await keysOf(store, "assets/");
    await spoil(store, asset);
    await verified(world, store, manifest, "full");
    const gone: typeof fetch = (input, init) =>
      String(input).includes("a.png")
        ? Promise.resolve(new Response("gone", { status: 404 }))
        : world.emulator.fetch(input, init);
    const next = await archived(world, store, { previous: manifest, random: "00000001", fetch: gone });
    expect(next).toMatchObject({ partial: true, warnings: [{ code: "ASSET_MISSING" }] });
    expect(await notes(store)).toEqual([asset]);
  });
});

describe("a share of an archive", () => {
  test("is another one each time, until all was read", async () => {
    const { world, store, manifest } = await worldWithArchive();
    const { store: noted, read } = watchedStore(store);
    const seen = new Set<string>();
    for (let count = 0; count < 12; count += 1) {
      await verified(world, noted, manifest, { sample: 10 });
      for (const key of read.splice(0)) seen.add(key);
      await world.clock.advance(DAY_MS);
    }
    for (const { object } of manifest.files) expect(seen).toContain(object);
    expect(seen).toContain((await keysOf(store, "assets/"))[0]);
  });

  test("tells what is missing anywhere, and what is spoilt in it", async () => {
    const { world, store, manifest } = await worldWithArchive();
    const [first, second] = manifest.files.filter(({ path }) => !path.startsWith("uploads/"));
    await store.delete([first?.object ?? ""]);
    await spoil(store, second?.object ?? "");
    expect(await verified(world, store, manifest, { sample: 100 })).toMatchObject({
      level: "sample",
      problems: [
        { code: "MISSING", name: first?.path },
        { code: "CHANGED", name: second?.path },
      ],
    });
  });
});
