import { describe, expect, test } from "vitest";
import { findArchive } from "../../services/archive/archives.ts";
import { manifestKey } from "../../services/archive/manifest.ts";
import { type VerifyLevel, verifyArchive } from "../../services/archive/verify/verify.ts";
import type { Store } from "../../services/stores/store.ts";
import { contentWorld } from "../emulator/content/support.ts";
import { archived, memoryStore, watchedStore } from "./support.ts";

async function worldWithArchive() {
  const world = contentWorld();
  const model = await world.client.itemTypes.create({ name: "Author", api_key: "author" });
  await world.client.items.create({ item_type: { type: "item_type", id: model.id } });
  const store = memoryStore(world);
  return { store, manifest: await archived(world, store) };
}

async function verified(store: Store, name: string, level: VerifyLevel) {
  const found = await findArchive(store, name);
  if (!found.ok) throw new Error(found.failure.sentence);
  const result = await verifyArchive(store, found.value, level);
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}

describe("a verification", () => {
  test.each(["full", "deep"] as const)("of level %s reads each object once", async (level) => {
    const { store, manifest } = await worldWithArchive();
    const { store: noted, read } = watchedStore(store);
    expect(await verified(noted, manifest.id, level)).toMatchObject({
      level,
      objects: manifest.files.length,
      problems: [],
    });
    const objects = read.filter((key) => key.startsWith("objects/"));
    expect(objects.toSorted()).toEqual(manifest.files.map(({ object }) => object).toSorted());
  });

  test.each([
    ["cannot be read", () => "{", "CHANGED"],
    [
      "has no hash of itself",
      (text: string) => text.replace(/,\s*"sha256": "[0-9a-f]{64}"\s*\}\s*$/, "}"),
      "CHANGED",
    ],
    ["is of a newer format", (text: string) => text.replace('"version": 1', '"version": 2'), "NEWER_FORMAT"],
  ] as const)("tells as damage that a manifest %s", async (_, change, code) => {
    const { store, manifest } = await worldWithArchive();
    const stored = await store.get(manifestKey(manifest.id));
    const text = new TextDecoder().decode(stored.ok ? stored.value?.bytes : undefined);
    expect(change(text)).not.toBe(text);
    await store.put(manifestKey(manifest.id), new TextEncoder().encode(change(text)));
    expect(await verified(store, "latest", "full")).toMatchObject({
      archive: manifest.id,
      problems: [{ what: "manifest", code }],
    });
  });

  test("tells as damage that a manifest lies in the place of another one", async () => {
    const { store, manifest } = await worldWithArchive();
    const stored = await store.get(manifestKey(manifest.id));
    if (!stored.ok || stored.value === undefined) throw new Error("There is no manifest");
    await store.put(manifestKey("2026-01-01T000000Z-other-00000000"), stored.value.bytes);
    expect(await verified(store, "2026-01-01T000000Z-other-00000000", "quick")).toMatchObject({
      problems: [{ what: "manifest", code: "CHANGED" }],
    });
  });

  test("knows nothing where the store does not answer", async () => {
    const { store, manifest } = await worldWithArchive();
    const found = await findArchive(store, manifest.id);
    if (!found.ok) throw new Error(found.failure.sentence);
    const failing = { ...store, get: () => store.get("../") };
    expect(await verifyArchive(failing, found.value, "full")).toMatchObject({ ok: false });
  });
});
