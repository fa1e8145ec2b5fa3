import { describe, expect, test } from "vitest";
import * as z from "zod";
import { findArchive } from "../../services/archive/archives.ts";
import { verifyArchive } from "../../services/archive/verify/verify.ts";
import type { Store } from "../../services/stores/store.ts";
import { contentWorld } from "../emulator/content/support.ts";
import { archived, keysOf, linesOf, memoryStore, PNG, upload } from "./support.ts";

async function worldWithAssets() {
  const world = contentWorld();
  const picture = await upload(world, "a.png", PNG);
  const twin = await upload(world, "twin.png", PNG);
  const text = await upload(world, "b.txt", Buffer.from("hello"));
  return { world, picture, twin, text };
}

async function problemsOf(store: Store, level: "quick" | "full" | "deep") {
  const found = await findArchive(store, "latest");
  if (!found.ok) throw new Error(found.failure.sentence);
  const verified = await verifyArchive(store, found.value, level);
  if (!verified.ok) throw new Error(verified.failure.sentence);
  return verified.value.problems;
}

const Line = z.looseObject({ id: z.string(), asset: z.unknown() });

const HOUR_MS = 60 * 60_000;

describe("the files of uploads", () => {
  test("are stored as they were uploaded, equal ones once, and named by what they are", async () => {
    const { world, picture, twin, text } = await worldWithAssets();
    const store = memoryStore(world);
    const manifest = await archived(world, store);
    expect(manifest.counts).toMatchObject({ uploads: 3, assets: 2, assetBytes: 2 * PNG.length + 5 });
    const keys = await keysOf(store, "assets/");
    expect(keys).toHaveLength(2);
    const key = keys.find((each) => each.endsWith(`-${PNG.length}`)) ?? "";
    const stored = await store.get(key);
    expect(stored.ok && Buffer.from(stored.value?.bytes ?? [])).toEqual(PNG);
    const lines = (await linesOf(store, manifest, "uploads/")).map((line) => Line.parse(JSON.parse(line)));
    expect(new Set(lines.map(({ id }) => id))).toEqual(new Set([picture, twin, text]));
    for (const { asset } of lines) expect(asset).toMatchObject({ bytes: "original" });
    expect(await problemsOf(store, "deep")).toEqual([]);
  });

  test("that the asset host does not have make the archive incomplete, and are named", async () => {
    const { world, text } = await worldWithAssets();
    const store = memoryStore(world);
    const withoutTexts: typeof fetch = (input, init) =>
      String(input).includes("b.txt")
        ? Promise.resolve(new Response("gone", { status: 404 }))
        : world.emulator.fetch(input, init);
    const manifest = await archived(world, store, { fetch: withoutTexts });
    expect(manifest.partial).toBe(true);
    expect(manifest.warnings).toContainEqual(expect.objectContaining({ code: "ASSET_MISSING", id: text }));
    const next = await archived(world, store, { previous: manifest, random: "00000001" });
    expect(next.warnings).not.toContainEqual(expect.objectContaining({ code: "ASSET_MISSING" }));
  });

  test("are left out where that is asked for, which is not incomplete", async () => {
    const { world } = await worldWithAssets();
    const store = memoryStore(world);
    const manifest = await archived(world, store, { withAssets: false });
    expect(manifest.warnings).not.toContainEqual(expect.objectContaining({ code: "ASSET_MISSING" }));
    expect(await keysOf(store, "assets/")).toEqual([]);
  });
});

test("a file that is taken over and removed meanwhile makes the archive incomplete", async () => {
  const { world } = await worldWithAssets();
  const store = memoryStore(world);
  const first = await archived(world, store);
  const [asset = ""] = await keysOf(store, "assets/");
  const removing: Store = {
    ...store,
    async put(key, ...given) {
      if (key.startsWith("archives/")) await store.delete([asset]);
      return store.put(key, ...given);
    },
  };
  const second = await archived(world, removing, { previous: first, random: "00000001" });
  expect(second).toMatchObject({
    partial: true,
    warnings: [{ code: "OBJECT_MISSING", name: asset }],
  });
  expect(await archived(world, store, { random: "00000002" })).toMatchObject({ partial: false });
});

describe("a file whose connection is cut", () => {
  const LENGTH = 3_000_000;
  const CUT_AFTER = 1_000_000;

  /** A project with one large file, whose connection is cut so often, after a third of the file each time. */
  async function cutWorld(times: number) {
    const world = contentWorld();
    const bytes = Buffer.alloc(LENGTH, "large file ");
    await upload(world, "large.bin", bytes);
    world.emulator.clearRequests();
    const asked: (string | null)[] = [];
    let cuts = 0;
    const cutting: typeof fetch = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      asked.push(new Headers(init?.headers).get("range"));
      if (cuts === times || answer.body === null) return answer;
      cuts += 1;
      return new Response(cutAfter(answer.body, CUT_AFTER), answer);
    };
    return { world, bytes, asked, fetch: cutting };
  }

  test("goes on from where it was", async () => {
    const { world, bytes, asked, ...host } = await cutWorld(2);
    const store = memoryStore(world);
    expect((await archived(world, store, host)).partial).toBe(false);
    expect(asked).toEqual([null, `bytes=${CUT_AFTER}-`, `bytes=${2 * CUT_AFTER}-`]);
    const [key = ""] = await keysOf(store, "assets/");
    const stored = await store.get(key);
    expect(stored.ok && Buffer.from(stored.value?.bytes ?? []).equals(bytes)).toBe(true);
  });

  test("is given up after a number of tries where it never comes to its end", async () => {
    const { world, asked } = await cutWorld(0);
    const never: typeof fetch = async (_, init) => {
      asked.push(new Headers(init?.headers).get("range"));
      const status = asked.at(-1) === null ? 200 : 206;
      return new Response(cutAfter(new Blob(["x"]).stream(), 1), { status });
    };
    const manifest = await archived(world, memoryStore(world), { fetch: never });
    expect(manifest.warnings).toMatchObject([{ code: "ASSET_MISSING" }]);
    expect(asked.length).toBeLessThanOrEqual(20);
  });

  function cutAfter(body: ReadableStream<Uint8Array>, most: number): ReadableStream<Uint8Array> {
    let sent = 0;
    return body.pipeThrough(
      new TransformStream({
        transform(piece, controller) {
          controller.enqueue(piece.subarray(0, most - sent));
          sent += piece.byteLength;
          if (sent >= most) controller.error(new TypeError("terminated"));
        },
      }),
    );
  }
});

describe("BACKUP_ARCHIVE_TRAFFIC", () => {
  test("leaves what does not fit into today to the archives of other days", async () => {
    const { world } = await worldWithAssets();
    await world.clock.advance(HOUR_MS);
    const store = memoryStore(world);
    const bytesADay = PNG.length + 1;
    const first = await archived(world, store, { bytesADay });
    expect(first).toMatchObject({ partial: true, counts: { assets: 1 } });
    expect(first.warnings).toEqual([
      { code: "ASSETS_POSTPONED", sentence: expect.stringMatching(/^One file of 5 bytes did not fit/) },
    ]);
    const again = await archived(world, store, { bytesADay, random: "00000001" });
    expect(again.partial).toBe(true);
    await world.clock.advance(24 * HOUR_MS);
    const next = await archived(world, store, { bytesADay, random: "00000002" });
    expect(next).toMatchObject({ partial: false, counts: { assets: 2 }, warnings: [] });
    expect(await problemsOf(store, "deep")).toEqual([]);
  });

  test("takes a file that is larger than a day's traffic alone", async () => {
    const { world } = await worldWithAssets();
    const store = memoryStore(world);
    const manifest = await archived(world, store, { bytesADay: 1 });
    expect(manifest.counts.assets).toBe(1);
  });
});

describe("verify finds", () => {
  test.each([
    ["a file of another size", "quick", "uploads/", "x"],
    ["a file of the same size with other bytes", "full", "project/", undefined],
    ["lines of uploads of the same size with other bytes", "quick", "uploads/", undefined],
    ["an asset with other bytes", "full", "assets/", undefined],
  ] as const)("%s", async (_, level, what, instead) => {
    const { world } = await worldWithAssets();
    const store = memoryStore(world);
    const manifest = await archived(world, store);
    const key =
      what === "assets/"
        ? ((await keysOf(store, what))[0] ?? "")
        : (manifest.files.find(({ path }) => path.startsWith(what))?.object ?? "");
    const stored = await store.get(key);
    const size = stored.ok ? (stored.value?.bytes.byteLength ?? 0) : 0;
    await store.put(key, new TextEncoder().encode(instead ?? "x".repeat(size)));
    if (level !== "quick") expect(await problemsOf(store, "quick")).toEqual([]);
    expect(await problemsOf(store, level)).toContainEqual(expect.objectContaining({ code: "CHANGED" }));
  });

  test("one altered character of the manifest, and a file that is gone", async () => {
    const { world } = await worldWithAssets();
    const store = memoryStore(world);
    const manifest = await archived(world, store);
    await store.delete([manifest.files[0]?.object ?? ""]);
    expect(await problemsOf(store, "quick")).toMatchObject([{ what: "object", code: "MISSING" }]);
    const key = `archives/${manifest.id}/manifest.json`;
    const stored = await store.get(key);
    const text = new TextDecoder().decode(stored.ok ? stored.value?.bytes : undefined);
    await store.put(key, new TextEncoder().encode(text.replace('"calls": ', '"calls": 1')));
    expect(await problemsOf(store, "quick")).toMatchObject([{ what: "manifest", code: "CHANGED" }]);
  });
});
