import * as realFiles from "node:fs/promises";
import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, openDiskStore } from "../../services/stores/disk.ts";
import { fileNameOf } from "../../services/stores/keys.ts";
import { bytesOf, causeOf, readText, streamed, textOf, value } from "./conformance.ts";
import { newFolder, openDisk } from "./drivers.ts";

const INCOMING = ".incoming";
const HOUR_MS = 60 * 60_000;

describe("a folder", () => {
  test("holds each object as a plain file of a readable name", async () => {
    const root = await newFolder();
    const store = await openDisk(root);
    const key = "archives/2026-11-26T030000Z-main-1f2e3d4c/manifest.json";
    value(await store.put(key, bytesOf("{}")));
    expect(await readFile(join(root, key), "utf8")).toBe("{}");
  });

  test.each([
    ["con", "%63on"],
    ["NUL.txt", "%4EUL.txt"],
    [".incoming", "%2Eincoming"],
    ["a.", "a%2E"],
    ["a:b*c", "a%3Ab%2Ac"],
    ["console", "console"],
    ["a~b_c-1.gz", "a~b_c-1.gz"],
  ])("names the file of %s so that every system takes it: %s", (name, file) => {
    expect(fileNameOf(name)).toBe(file);
  });

  test("lists nothing that is not an object: hidden, half-written and foreign files", async () => {
    const root = await newFolder();
    const store = await openDisk(root);
    value(await store.put("a", bytesOf("x")));
    for (const name of [".DS_Store", "a:b", join(INCOMING, "half")]) await writeFile(join(root, name), "x");
    expect(value(await store.list({})).objects.map(({ key }) => key)).toEqual(["a"]);
  });

  test("refuses an object where others lie below it, and below an object", async () => {
    const store = await openDisk(await newFolder());
    value(await store.put("a/b", bytesOf("x")));
    expect(causeOf(await store.put("a", bytesOf("y")))).toBe("STORE_KEY_INVALID");
    expect(causeOf(await store.put("a/b/c", bytesOf("y")))).toBe("STORE_KEY_INVALID");
    expect(await readText(store, "a/b")).toBe("x");
  });

  test("loses no step of twenty writers in two processes' stores", async () => {
    const root = await newFolder();
    const stores = [await openDisk(root), await openDisk(root)] as const;
    value(await stores[0].put("count", bytesOf("0")));
    const step = async (writer: number): Promise<void> => {
      const store = stores[writer % 2 === 0 ? 0 : 1];
      for (;;) {
        const found = value(await store.get("count"));
        const next = bytesOf(String(Number(found && textOf(found.bytes)) + 1));
        const put = value(await store.put("count", next, { ifMatch: found?.etag ?? "" }));
        if (put.kind === "written") return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, writer) => step(writer)));
    expect(await readText(stores[1], "count")).toBe("20");
    expect(await readdir(join(root, INCOMING))).toEqual([]);
  });
});

describe("a write that is killed", () => {
  /** Ends as a killed process does: the file stays, and nothing is cleaned up. */
  function killedAt(step: "link" | "rename"): Files {
    const killed = async () => new Promise<never>(() => {});
    return { ...realFiles, [step]: killed };
  }

  test("before its file has a name leaves nothing to be seen, and is swept an hour later", async () => {
    const root = await newFolder();
    value(await (await openDisk(root)).put("a", bytesOf("old")));
    const dying = await openDisk(root, killedAt("rename"));
    void dying.put("a", bytesOf("new"));
    await expect.poll(() => readdir(join(root, INCOMING))).toHaveLength(1);

    const store = await openDisk(root);
    expect(await readText(store, "a")).toBe("old");
    const [left = ""] = await readdir(join(root, INCOMING));
    expect(left).not.toBe("");
    // A fresh one may be another process's that is at work.
    const longAgo = (Date.now() - 2 * HOUR_MS) / 1_000;
    await utimes(join(root, INCOMING, left), longAgo, longAgo);
    await withClock(2 * HOUR_MS, () => openDisk(root));
    expect(await readdir(join(root, INCOMING))).toEqual([]);
  });

  test("between claim and name is completed by the next writer, who then starts from it", async () => {
    const root = await newFolder();
    const store = await openDisk(root);
    value(await store.put("a", bytesOf("one")));
    const etag = value(await store.get("a"))?.etag ?? "";
    const dying = await openDisk(root, killedAt("rename"));
    void dying.put("a", bytesOf("two"), { ifMatch: etag });
    await expect
      .poll(async () => (await readdir(join(root, INCOMING))).some((name) => name.length > 40))
      .toBe(true);

    const put = await withClock(60_000, () => store.put("a", bytesOf("three"), { ifMatch: etag }));
    expect(value(put)).toEqual({ kind: "conflict" });
    const found = value(await store.get("a"));
    expect(found && textOf(found.bytes)).toBe("two");
    const next = await store.put("a", bytesOf("three"), { ifMatch: found?.etag ?? "" });
    expect(value(next)).toMatchObject({ kind: "written" });
  });
});

describe("what the file system refuses is told by our own word:", () => {
  test.each([
    ["ENOSPC", "STORE_FULL"],
    ["EDQUOT", "STORE_FULL"],
    ["EACCES", "STORE_ACCESS_DENIED"],
    ["EROFS", "STORE_ACCESS_DENIED"],
    ["EIO", "STORE_UNAVAILABLE"],
    ["EMFILE", "STORE_UNAVAILABLE"],
    ["ENOTSUP", "STORE_NOT_SUPPORTED"],
  ])("%s: %s", async (code, cause) => {
    const refuse = async () => {
      throw Object.assign(new Error(`${code}: /a/path`), { code });
    };
    const store = await openDisk(await newFolder(), { ...realFiles, link: refuse });
    const result = await store.put("a", bytesOf("x"), { ifAbsent: true });
    expect(causeOf(result)).toBe(cause);
    expect(JSON.stringify(result)).not.toContain("/a/path");
    expect(value(await store.head("a"))).toBeUndefined();
  });

  test("a folder that is gone, which no write makes anew", async () => {
    const root = join(await newFolder(), "below");
    const store = await openDisk(root);
    await rm(root, { recursive: true });
    expect(causeOf(await store.put("a", bytesOf("x")))).toBe("STORE_NOT_FOUND");
    expect(value(await store.list({})).objects).toEqual([]);
  });

  test("a folder that cannot be made", async () => {
    const root = await newFolder();
    await writeFile(join(root, "file"), "");
    for (const below of ["file", "file/below"])
      expect(causeOf(await openDiskStore({ root: join(root, below) }))).toBe("STORE_NOT_FOUND");
  });
});

test("a stream is written at the pace of the disk", async () => {
  const root = await newFolder();
  const store = await openDisk(root);
  let handedOut = 0;
  const pieces = Array.from({ length: 64 }, () => new Uint8Array(1024 * 1024));
  const body = streamed(pieces);
  const open = () =>
    body.open().pipeThrough(
      new TransformStream({
        async transform(piece, controller) {
          handedOut += piece.byteLength;
          const [half = ""] = await readdir(join(root, INCOMING));
          const { size } = await stat(join(root, INCOMING, half));
          // The last piece is held back, and two more are on their way.
          expect(handedOut - size).toBeLessThanOrEqual(4 * 1024 * 1024);
          controller.enqueue(piece);
        },
      }),
    );
  value(await store.put("a", { length: body.length, open }));
  expect(handedOut).toBe(64 * 1024 * 1024);
});

/** Does something while the clock is so many ms ahead. */
async function withClock<T>(ahead: number, work: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + ahead;
  try {
    return await work();
  } finally {
    Date.now = now;
  }
}
