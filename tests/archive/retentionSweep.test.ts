import { describe, expect, test } from "vitest";
import { manifestKey } from "../../services/archive/manifest.ts";
import { pruneArchives } from "../../services/archive/retention/prune.ts";
import { deleteArchive, moveToTrash, undelete } from "../../services/archive/retention/trash.ts";
import { whileWriting } from "../../services/archive/turns.ts";
import type { Store } from "../../services/stores/store.ts";
import { succeeded } from "../../utils/failures.ts";
import { assetOf, emptyStore, prune, WEEK_MS, write } from "./retentionStore.ts";
import { DAY_MS, HOUR_MS, listed, NOW, RETENTION } from "./retentionSupport.ts";
import { keysOf } from "./support.ts";

const content = async (store: Store) => [
  ...(await keysOf(store, "objects/")),
  ...(await keysOf(store, "assets/")),
];

/** A store with an archive that was deleted, and another one that has part of its content. */
async function withDeleted() {
  const { store, clock } = await emptyStore();
  const gone = await write(store, clock, { id: "gone", texts: ["a", "b"], assets: ["one", "two"] });
  clock.pass(DAY_MS);
  const kept = await write(store, clock, { id: "kept", texts: ["b"], assets: ["two"] });
  if (!gone.ok || !kept.ok) throw new Error("Not written");
  await moveToTrash(store, "gone");
  const named = [...kept.value.files.map(({ object }) => object), assetOf("two").key];
  return { store, clock, named: named.sort() };
}

describe("what a deleted archive alone has needed", () => {
  test("is in the trash for seven days, marked for seven more, and goes then", async () => {
    const { store, clock, named } = await withDeleted();
    const all = await content(store);
    clock.pass(WEEK_MS - 1);
    expect((await prune(store, clock)).sweep).toMatchObject({ state: "swept", marked: 0, deleted: 0 });
    expect(await keysOf(store, "trash/gone")).toHaveLength(1);
    clock.pass(1);
    expect((await prune(store, clock)).sweep).toMatchObject({ marked: 3, deleted: 0 });
    expect(await keysOf(store, "trash/gone")).toEqual([]);
    clock.pass(WEEK_MS - 1);
    expect((await prune(store, clock)).sweep).toMatchObject({ marked: 3, deleted: 0 });
    expect(await content(store)).toEqual(all);
    clock.pass(1);
    expect((await prune(store, clock)).sweep).toMatchObject({ due: 3, marked: 0, deleted: 3 });
    expect((await content(store)).sort()).toEqual(named);
  });

  test("loses its mark when another archive needs it", async () => {
    const { store, clock } = await withDeleted();
    const all = await content(store);
    clock.pass(WEEK_MS);
    await prune(store, clock);
    clock.pass(WEEK_MS);
    await write(store, clock, { id: "again", texts: ["a", "b"], assets: ["one", "two"] });
    expect((await prune(store, clock)).sweep).toMatchObject({ marked: 0, due: 0, deleted: 0 });
    expect(await content(store)).toEqual(all);
  });

  test("is got back with it", async () => {
    const { store, clock } = await withDeleted();
    clock.pass(WEEK_MS - HOUR_MS);
    await prune(store, clock);
    expect(await undelete(store, "gone", clock.now())).toMatchObject({ ok: true });
    for (let weeks = 0; weeks < 4; weeks += 1) {
      clock.pass(WEEK_MS);
      expect((await prune(store, clock)).kept).toMatchObject([
        { id: "kept" },
        { id: "gone", because: ["pinned", "daily"] },
      ]);
    }
    expect(await keysOf(store, "archives/gone")).toHaveLength(2);
    expect(await keysOf(store, "objects/")).toHaveLength(4);
  });
});

test("what a killed capture has left goes the same way", async () => {
  const { store, clock } = await emptyStore();
  await write(store, clock, { id: "kept", texts: ["b"] });
  const left = "objects/left.ndjson.gz";
  await store.put(left, new TextEncoder().encode("left"));
  expect((await prune(store, clock)).sweep).toMatchObject({ marked: 1 });
  // Written again meanwhile, it counts as new.
  clock.pass(DAY_MS);
  await store.put(left, new TextEncoder().encode("left"));
  clock.pass(WEEK_MS - DAY_MS);
  expect((await prune(store, clock)).sweep).toMatchObject({ marked: 1, deleted: 0 });
  clock.pass(WEEK_MS);
  expect((await prune(store, clock)).sweep).toMatchObject({ deleted: 1 });
  expect(await keysOf(store, "objects/")).toHaveLength(1);
});

describe("nothing is swept", () => {
  async function due() {
    const { store, clock } = await emptyStore();
    const kept = await write(store, clock, { id: "kept", texts: ["a"], assets: ["one"] });
    await store.put("objects/left.ndjson.gz", new TextEncoder().encode("left"));
    await prune(store, clock);
    clock.pass(WEEK_MS);
    return { store, clock, files: kept.ok ? kept.value.files : [] };
  }

  test("where it would be more than a fifth, unless somebody insists", async () => {
    const { store, clock } = await due();
    const refused = await prune(store, clock, { isForced: false });
    expect(refused.sweep).toMatchObject({ state: "refused", objects: 4, due: 1, deleted: 0 });
    expect(refused.refusal).toMatchObject({ cause: "SWEEP_REFUSED", facts: { due: 1, objects: 4 } });
    expect((await prune(store, clock)).sweep).toMatchObject({ state: "swept", deleted: 1 });
  });

  test.each([
    ["a manifest that has changed", "archives/other/manifest.json", "{}"],
    ["a deleted one that has changed", "trash/other/manifest.json", "{}"],
    ["one of a newer format", "archives/other/manifest.json", '{"format":"dato-archive","version":2}'],
  ])("because of %s", async (_, key, text) => {
    const { store, clock } = await due();
    await store.put(key, new TextEncoder().encode(text));
    const { sweep, refusal } = await prune(store, clock);
    expect({ sweep, refusal }).toMatchObject({ sweep: undefined, refusal: { cause: "SWEEP_REFUSED" } });
    expect(refusal?.facts).toEqual({ archive: "other" });
    expect(await keysOf(store, "objects/")).toHaveLength(3);
  });

  test("because nobody knows which files an archive needs", async () => {
    const { store, clock, files } = await due();
    await store.delete(files.filter(({ path }) => path.startsWith("uploads/")).map(({ object }) => object));
    expect((await prune(store, clock)).refusal).toMatchObject({ cause: "SWEEP_REFUSED" });
  });

  test("while an archive is written, for a day at most", async () => {
    const { store, clock } = await due();
    await whileWriting(store, clock, async () => {
      expect((await prune(store, clock)).sweep).toMatchObject({ state: "waiting", due: 1, deleted: 0 });
      clock.pass(DAY_MS);
      expect((await prune(store, clock)).sweep).toMatchObject({ state: "swept", deleted: 1 });
      return succeeded(undefined);
    });
  });

  test("and nothing is written in a dry run", async () => {
    const { store, clock } = await due();
    const before = await keysOf(store);
    expect((await prune(store, clock, { isDryRun: true })).sweep).toMatchObject({ due: 1, deleted: 0 });
    expect(await keysOf(store)).toEqual(before);
  });
});

describe("a deletion", () => {
  test("that is killed at any moment loses nothing, and the next one ends it", async () => {
    for (let calls = 0; ; calls += 1) {
      const { store, clock } = await emptyStore();
      await write(store, clock, { id: "x", texts: ["a"] });
      let left = calls;
      const dying: Store = {
        ...store,
        put: (...given) => (left-- > 0 ? store.put(...given) : Promise.reject(new Error("killed"))),
        delete: (...given) => (left-- > 0 ? store.delete(...given) : Promise.reject(new Error("killed"))),
      };
      const ended = await moveToTrash(dying, "x").then(
        () => true,
        () => false,
      );
      const lying = [...(await keysOf(store, "archives/x/")), ...(await keysOf(store, "trash/x/"))];
      expect(lying).toContain(manifestKey("x", ended ? "trash" : "archives"));
      await moveToTrash(store, "x");
      expect(await keysOf(store, "archives/")).toEqual([]);
      expect(await keysOf(store, "trash/x/")).toEqual([manifestKey("x", "trash")]);
      if (ended) break;
    }
  });

  test("of a pinned archive is refused", async () => {
    const { store } = await emptyStore();
    expect(await deleteArchive(store, listed({ id: "x", at: NOW, isPinned: true }))).toMatchObject({
      failure: { cause: "ARCHIVE_PINNED" },
    });
  });
});

test("a pin that comes while its archive is pruned keeps it", async () => {
  const { store, clock } = await emptyStore();
  await write(store, clock, { id: "old", texts: ["a"] });
  clock.pass(1);
  await write(store, clock, { id: "new", texts: ["a"] });
  const pinning: Store = {
    ...store,
    async delete(keys) {
      if (keys.includes(manifestKey("old")))
        await store.put("archives/old/pinned.json", new TextEncoder().encode("{}"));
      return store.delete(keys);
    },
  };
  const { kept, removed } = await prune(pinning, clock);
  expect(removed).toEqual([]);
  expect(kept).toContainEqual({ id: "old", because: ["pinned"] });
  expect(await keysOf(store, "archives/old/")).toHaveLength(2);
});

test("a store that cannot be read loses nothing", async () => {
  const { store, clock } = await emptyStore();
  await write(store, clock, { id: "old", texts: ["a"] });
  await write(store, clock, { id: "new", texts: ["b"] });
  await store.delete(["dato-archive.json"]);
  const options = { ...RETENTION, isDryRun: false, isForced: true };
  expect(await pruneArchives(store, clock, options)).toMatchObject({
    failure: { cause: "STORE_FORMAT_UNKNOWN" },
  });
  expect(await keysOf(store, "archives/")).toHaveLength(2);
});
