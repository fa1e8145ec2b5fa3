import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../services/archive/manifest.ts";
import { sha256Of } from "../../services/stores/hashing.ts";
import type { Store } from "../../services/stores/store.ts";
import type { World } from "../emulator/support.ts";
import { keysOf, memoryStore } from "./support.ts";
import { archivedProject, tarOf, upload } from "./tarSupport.ts";
import { type Entry, entriesOf, relined, resealed, summed, tarWith } from "./tarsByHand.ts";

let world: World;
let whole: Buffer;
let entries: Entry[];
let manifest: Manifest;
beforeAll(async () => {
  const project = await archivedProject();
  ({ world, manifest } = project);
  whole = await tarOf(project.store);
  entries = entriesOf(whole);
});

/** Why an upload into an empty store is refused, which it has to leave empty. */
async function refusalOf(tar: Buffer): Promise<string> {
  const store: Store = memoryStore(world);
  const result = await upload(world, store, tar);
  expect(await keysOf(store)).toEqual([]);
  if (result.ok) throw new Error("It was taken");
  expect(["ARCHIVE_TAR_REFUSED", "ARCHIVE_TOO_NEW"]).toContain(result.failure.cause);
  return result.failure.sentence;
}

const extra = (entry: Entry) => tarWith(summed([...entries, entry]));
const without = (name: string) => tarWith(summed(entries.filter((entry) => !entry.name.startsWith(name))));

const withManifest = (change: (manifest: Manifest) => Partial<Manifest>) =>
  tarWith(resealed(entries, change));
const withLines = (path: string, lines: readonly string[]) => tarWith(relined(entries, path, lines));

/** A header of extensions with one record. */
function extension(name: string, value: string): Entry {
  const record = ` ${name}=${value}\n`;
  const length = [2, 3].find((digits) => String(record.length + digits).length === digits) ?? 0;
  return { name: "PaxHeader/x", type: "x", bytes: Buffer.from(`${record.length + length}${record}`) };
}

test("a tar that is made again, file by file, is taken", async () => {
  const result = await upload(world, memoryStore(world), tarWith(entries));
  expect(result).toEqual({ ok: true, value: manifest });
});

describe("an upload is refused, and nothing is written, with", () => {
  const file = Buffer.from("x");
  test.each<[string, () => Buffer, RegExp]>([
    ["no tar", () => Buffer.from("This is no tar. ".repeat(100)), /cannot be read, or this is no tar/],
    ["nothing", () => Buffer.alloc(0), /ends too soon/],
    ["an empty tar", () => tarWith([]), /manifest\.json is missing/],
    ["a path that leads out", () => extra({ name: "../x", bytes: file }), /the path "\.\.\/x"/],
    ["one that leads out further in", () => extra({ name: "schema/../../x" }), /the path "schema/],
    ["an absolute path", () => extra({ name: "/etc/passwd", bytes: file }), /the path "\/etc\/passwd"/],
    ["a path of Windows", () => extra({ name: "schema\\..\\x", bytes: file }), /the path "schema/],
    ["a symbolic link", () => extra({ name: "x", type: "2", link: "/etc" }), /not a regular file: "x"/],
    ["a hard link", () => extra({ name: "x", type: "1", link: "README.txt" }), /not a regular file/],
    ["a device", () => extra({ name: "x", type: "3" }), /not a regular file/],
    ["a folder", () => extra({ name: "assets/", type: "5" }), /not a regular file/],
    ["a sparse file", () => extra({ name: "x", type: "S", bytes: file }), /not a regular file/],
    ["headers for all", () => extra({ ...extension("path", "x"), type: "g" }), /not a regular file/],
    ["a file twice", () => extra({ name: "README.txt", bytes: file }), /has README\.txt twice/],
    ["a file that nothing names", () => extra({ name: "schema/x.json", bytes: file }), /not name schema\/x/],
    ["a file of no upload", () => extra({ name: "assets/1/x", bytes: file }), /not name assets\/1\/x/],
    ["one file too few", () => without("schema/fields.json"), /lacks schema\/fields\.json/],
    ["no file of an upload", () => without("assets/"), /lacks assets\//],
    ["no manifest", () => without("manifest.json"), /manifest\.json is missing/],
    ["no sums", () => tarWith(entries.slice(0, -1)), /SHA256SUMS is not as/],
    ["a size that is a lie", () => extra({ name: "x", bytes: file, size: 8 ** 11 - 1 }), /ends too soon/],
    [
      "a path that another header replaces",
      () => tarWith([...entries, extension("path", "../x"), { name: "x" }]),
      /the path "\.\.\/x"/,
    ],
    [
      "a sparse file by another header",
      () => tarWith([...entries, extension("GNU.sparse.major", "1"), { name: "x" }]),
      /with GNU\.sparse\.major, which no archive has/,
    ],
    ["a header for nothing", () => tarWith([...entries, extension("path", "x")]), /belongs to no file/],
    ["more behind its end", () => Buffer.concat([whole, Buffer.from("x"), Buffer.alloc(511)]), /behind its/],
    [
      "a manifest of a newer format",
      () => withManifest(() => ({ version: 2 as 1 })),
      /newer version of this service/,
    ],
    [
      "a manifest that was changed",
      () =>
        tarWith(
          summed(
            entries.map(({ name, bytes = file }) =>
              name === "manifest.json"
                ? { name, bytes: Buffer.from(String(bytes).replace('"calls": ', '"calls": 1')) }
                : { name, bytes },
            ),
          ),
        ),
      /manifest\.json is not as it was written/,
    ],
    [
      "a key outside of the objects",
      () =>
        withManifest(({ files: [first, ...rest] }) => ({
          files: [{ ...first, object: "dato-archive.json" } as Manifest["files"][number], ...rest],
        })),
      /names a file as no archive does/,
    ],
    [
      "a path outside of the archive",
      () =>
        withManifest(({ files: [first, ...rest] }) => ({
          files: [{ ...first, path: "../x.json" } as Manifest["files"][number], ...rest],
        })),
      /names a file as no archive does/,
    ],
    [
      "an upload's id that leads out",
      () =>
        withLines("uploads/00001.ndjson.gz", [
          '{"id":"../x","asset":{"bytes":"missing"}}',
          '{"id":"b","asset":{"bytes":"missing"}}',
          '{"id":"c","asset":{"bytes":"missing"}}',
        ]),
      /without a usable id/,
    ],
    [
      "lines that unpack to much more",
      () => withLines("records/author/00001.ndjson.gz", [`{"id":"a","x":"${"x".repeat(4_000_000)}"}`]),
      /unpacks to \d+ times its size/,
    ],
    [
      "a line of more than 8 MiB",
      () => withLines("records/author/00001.ndjson.gz", [`{"id":"a","x":"${noise(9_000_000)}"}`]),
      /a line of more than 8 MiB/,
    ],
    [
      "records that the manifest does not count",
      () => withLines("records/author/00001.ndjson.gz", ['{"id":"a"}', '{"id":"b"}']),
      /does not fit together: .*records/,
    ],
  ])("%s", async (_, tar, why) => {
    expect(await refusalOf(tar())).toMatch(why);
  });

  test("an end at each of its files", async () => {
    let at = 0;
    for (const { bytes } of entries) {
      const size = 512 + Math.ceil((bytes?.length ?? 0) / 512) * 512;
      for (const end of [at, at + 512, at + size - 1])
        expect(await refusalOf(whole.subarray(0, end))).toMatch(/ends too soon|behind its end/);
      at += size;
    }
    expect(await refusalOf(whole.subarray(0, -512))).toMatch(/ends too soon/);
  });

  test("any bit changed, anywhere", async () => {
    const places = fc.tuple(fc.nat(whole.length - 1), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(places, async ([at, bit]) => {
        const tar = Buffer.from(whole);
        tar[at] = (tar[at] ?? 0) ^ (1 << bit);
        await refusalOf(tar);
      }),
      { numRuns: 60 },
    );
  });
});

/** Text that packs badly: it repeats itself only where gzip does not see it any more, after 32 KiB. */
function noise(length: number): string {
  const hashes = Array.from({ length: 600 }, (_, number) => sha256Of(Buffer.from(String(number)))).join("");
  return hashes.repeat(Math.ceil(length / hashes.length)).slice(0, length);
}
