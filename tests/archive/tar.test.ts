import { describe, expect, test } from "vitest";
import { findArchive } from "../../services/archive/archives.ts";
import { TarError } from "../../services/archive/tar/pack.ts";
import { verifyArchive } from "../../services/archive/verify/verify.ts";
import type { Store } from "../../services/stores/store.ts";
import { archived, dyingAfter, keysOf, memoryStore } from "./support.ts";
import { archivedProject, packed, tarOf, upload } from "./tarSupport.ts";
import { entriesOf } from "./tarsByHand.ts";

async function problemsOf(store: Store) {
  const found = await findArchive(store, "latest");
  const verified = found.ok ? await verifyArchive(store, found.value, "deep") : found;
  if (!verified.ok) throw new Error(verified.failure.sentence);
  return verified.value.problems;
}

describe("the tar of an archive", () => {
  test("holds the manifest first, each file where the manifest says, each upload's file, and the sums last", async () => {
    const { store, manifest } = await archivedProject();
    const names = entriesOf(await tarOf(store)).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["manifest.json", "README.txt"]);
    expect(names.at(-1)).toBe("SHA256SUMS");
    const inside = names.slice(2, -1);
    const assets = inside.filter((name) => name.startsWith("assets/"));
    expect(inside.filter((name) => !assets.includes(name)).sort()).toEqual(
      manifest.files.map(({ path }) => path).sort(),
    );
    expect(assets.map((name) => name.split("/")[2]).sort()).toEqual(["a.txt", "large.bin", "twin.txt"]);
    const folders = inside.map((name) => name.split("/")[0] ?? "");
    expect([...new Set(folders)]).toEqual(["schema", "records", "uploads", "project", "index", "assets"]);
    expect(inside).toContain("records/_con/00001.ndjson.gz");
  });

  test("comes back from an empty store with the same bytes, and its archive as it was", async () => {
    const { world, store, manifest } = await archivedProject();
    const tar = await tarOf(store);
    const elsewhere = memoryStore(world);
    expect(await upload(world, elsewhere, tar)).toEqual({ ok: true, value: manifest });
    expect(await problemsOf(elsewhere)).toEqual([]);
    expect((await tarOf(elsewhere)).equals(tar)).toBe(true);
    const ours = (key: string) => !/\/(?:pinned|uploaded)\.json$/.test(key);
    expect((await keysOf(elsewhere)).filter(ours)).toEqual(await keysOf(store));
    expect(await keysOf(elsewhere, `archives/${manifest.id}/`)).toEqual([
      `archives/${manifest.id}/manifest.json`,
      `archives/${manifest.id}/pinned.json`,
      `archives/${manifest.id}/uploaded.json`,
    ]);
  });

  test("of an archive that is not complete has what there is, and goes into a store again", async () => {
    const { world } = await archivedProject();
    const store = memoryStore(world);
    const withoutFirst: typeof fetch = (input, init) =>
      String(input).includes("large.bin")
        ? Promise.resolve(new Response("gone", { status: 404 }))
        : world.emulator.fetch(input, init);
    const manifest = await archived(world, store, { fetch: withoutFirst });
    expect(manifest.partial).toBe(true);
    const tar = await tarOf(store);
    const names = entriesOf(tar).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("assets/"))).toHaveLength(2);
    const readme = entriesOf(tar).find(({ name }) => name === "README.txt")?.bytes;
    expect(String(readme)).toContain('complete     no: manifest.json says under "warnings" what is missing');
    expect(await upload(world, memoryStore(world), tar)).toMatchObject({
      ok: true,
      value: { partial: true },
    });
  });

  test.each([
    ["an object that is gone", "objects/", undefined],
    ["an object of other bytes", "objects/", "same size"],
    ["a file of an upload that is gone", "assets/", undefined],
    ["a file of an upload of other bytes", "assets/", "same size"],
    ["a file of an upload of another size", "assets/", "cut"],
  ] as const)("is not had to its end with %s", async (_, prefix, instead) => {
    const { store, manifest } = await archivedProject();
    const key = (await keysOf(store, prefix)).at(-1) ?? "";
    const stored = await store.get(key);
    const size = stored.ok ? (stored.value?.bytes.byteLength ?? 0) : 0;
    if (instead === undefined) await store.delete([key]);
    else await store.put(key, new Uint8Array(instead === "cut" ? size - 1 : size));
    const result = await packed(store);
    const body = result.ok ? result.value.body : new ReadableStream();
    const error = await new Response(body).arrayBuffer().catch((reason: unknown) => reason);
    const named =
      manifest.files.find(({ object }) => object === key)?.path ?? expect.stringMatching(/^assets\/.+\//);
    expect(error).toBeInstanceOf(TarError);
    expect(error).toMatchObject({ failure: { cause: "ARCHIVE_DAMAGED", facts: { what: named } } });
  });

  test("is not begun where the manifest is damaged", async () => {
    const { store, manifest } = await archivedProject();
    await store.put(`archives/${manifest.id}/manifest.json`, new TextEncoder().encode("{}"));
    expect(await packed(store)).toMatchObject({ ok: false, failure: { cause: "ARCHIVE_DAMAGED" } });
  });
});

describe("an upload", () => {
  test("is refused where its archive is there, and changes nothing", async () => {
    const { world, store, manifest } = await archivedProject();
    const before = await keysOf(store);
    const { projectId } = manifest.source;
    expect(await upload(world, store, await tarOf(store), projectId)).toMatchObject({
      ok: false,
      failure: { cause: "ARCHIVE_EXISTS" },
    });
    expect(await keysOf(store)).toEqual(before);
  });

  test("of another project's archive is taken; into another project's store it is not", async () => {
    const { world, store, manifest } = await archivedProject();
    const tar = await tarOf(store);
    const elsewhere = memoryStore(world);
    expect(await upload(world, elsewhere, tar, "another")).toEqual({ ok: true, value: manifest });
    expect(await upload(world, elsewhere, tar, "a-third")).toMatchObject({
      ok: false,
      failure: { cause: "STORE_OF_ANOTHER_PROJECT" },
    });
  });

  test("puts good bytes in the place of spoilt ones", async () => {
    const { world, store, manifest } = await archivedProject();
    const tar = await tarOf(store);
    const [first] = manifest.files;
    await store.delete([`archives/${manifest.id}/manifest.json`]);
    await store.put(first?.object ?? "", new TextEncoder().encode("rubbish"));
    expect(await upload(world, store, tar, manifest.source.projectId)).toMatchObject({ ok: true });
    expect(await problemsOf(store)).toEqual([]);
    expect(await keysOf(store, "quarantine/")).toHaveLength(1);
  });

  test("that is killed at a write leaves no archive, and the same upload then makes one", async () => {
    const { world, store, manifest } = await archivedProject();
    const tar = await tarOf(store);
    const puts = await keysOf(store);
    // The marks of an upload are two more; the last write is the manifest.
    for (let writes = 0; writes < puts.length + 2; writes += 7) {
      const elsewhere = memoryStore(world);
      await expect(upload(world, dyingAfter(elsewhere, writes), tar)).rejects.toThrow("killed");
      expect(await keysOf(elsewhere, `archives/${manifest.id}/manifest`)).toEqual([]);
      expect(await upload(world, elsewhere, tar)).toEqual({ ok: true, value: manifest });
    }
  });
});
