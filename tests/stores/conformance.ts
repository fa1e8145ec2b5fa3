import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Bytes, StreamBody } from "../../services/stores/body.ts";
import type { StoreFailure } from "../../services/stores/failures.ts";
import { MOST_OBJECT_BYTES, type Store } from "../../services/stores/store.ts";
import type { Result } from "../../utils/failures.ts";

/** One driver: what the suite needs of it. */
export interface Driver {
  /** An empty store. */
  open(): Promise<Store>;
  /** A store that has room for so many bytes; absent where that cannot be arranged. */
  openSmall?(bytes: number): Promise<Store>;
  /** Puts an object for each key, of the key's own bytes, without the driver; default: by the driver. */
  fill?(keys: readonly string[]): Promise<void>;
}

export const bytesOf = (text: string): Bytes => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The value, or the test fails. */
export function value<T>(result: Result<T, { readonly cause: string; readonly sentence: string }>): T {
  if (!result.ok) throw new Error(`${result.failure.cause}: ${result.failure.sentence}`);
  return result.value;
}

/** The cause of a failure; undefined where there is none. */
export const causeOf = (result: Result<unknown, StoreFailure>) =>
  result.ok ? undefined : result.failure.cause;

/** A body that comes in pieces. */
export function streamed(
  pieces: readonly Bytes[],
  length = pieces.reduce((sum, each) => sum + each.length, 0),
) {
  const open = () => {
    const left = [...pieces];
    return new ReadableStream<Bytes>({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(next);
      },
    });
  };
  return { length, open } satisfies StreamBody;
}

export async function readText(store: Store, key: string): Promise<string | undefined> {
  const found = value(await store.get(key));
  return found && textOf(found.bytes);
}

export async function readStream(body: ReadableStream<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

const ODD_KEYS = [
  "plain",
  "a b",
  "a+b",
  "a%20b",
  "a%2Fb",
  "%",
  "a?b=c&d",
  "a#b",
  "(a)!'*~",
  'quoted "a" <b> & \\ c',
  "é/日本/🎈",
  "é-in-two-signs",
  "con",
  "sub/NUL.txt",
  ".hidden",
  "trailing.",
  "-rf",
  "a:b|c",
  ".incoming/x",
  "dato-archive.json",
  "UPPER/lower",
  `${"x".repeat(240)}/${"y".repeat(240)}`,
];
const BAD_KEYS = ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\0b", "a\nb", "\ud800"];

/** What every driver must hold. */
export function storeConformance(name: string, driver: Driver): void {
  describe(name, () => {
    test("gives back what was put, and tells absent from empty", async () => {
      const store = await driver.open();
      const before = Date.now();
      const { kind } = value(await store.put("a/b", bytesOf("hello")));
      expect(kind).toBe("written");
      value(await store.put("empty", new Uint8Array()));
      const found = value(await store.get("a/b"));
      expect(found && textOf(found.bytes)).toBe("hello");
      // S3 tells whole seconds.
      expect(found?.modifiedAt).toBeGreaterThan(before - 1_001);
      expect(found?.readAt).toBeGreaterThanOrEqual((found?.modifiedAt ?? 0) - 1_000);
      expect(await readText(store, "empty")).toBe("");
      expect(value(await store.head("a/b"))).toMatchObject({ size: 5 });
      expect(value(await store.head("empty"))).toMatchObject({ size: 0 });
      expect(await readStream(value(await store.stream("empty"))?.body as ReadableStream)).toHaveLength(0);
      for (const absent of ["a/b/c", "b", "a"]) {
        expect(value(await store.get(absent))).toBeUndefined();
        expect(value(await store.head(absent))).toBeUndefined();
        expect(value(await store.stream(absent))).toBeUndefined();
      }
    });

    test("puts in the place of what is there, as a new version", async () => {
      const store = await driver.open();
      value(await store.put("a", bytesOf("one")));
      const first = value(await store.get("a"));
      value(await store.put("a", bytesOf("two, longer")));
      const second = value(await store.get("a"));
      expect(second && textOf(second.bytes)).toBe("two, longer");
      expect(second?.etag).not.toBe(first?.etag);
    });

    test("lets one of twenty writers at once have a key that is free", async () => {
      const store = await driver.open();
      const puts = await Promise.all(
        Array.from({ length: 20 }, async (_, writer) => {
          const put = value(await store.put("jobs/lock", bytesOf(`writer ${writer}`), { ifAbsent: true }));
          return { writer, kind: put.kind };
        }),
      );
      const winners = puts.filter(({ kind }) => kind === "written");
      expect(winners).toHaveLength(1);
      expect(await readText(store, "jobs/lock")).toBe(`writer ${winners[0]?.writer}`);
    });

    test("loses no step of twenty writers at once who replace what they have read", async () => {
      const store = await driver.open();
      value(await store.put("count", bytesOf("0")));
      const step = async (): Promise<void> => {
        for (;;) {
          const found = value(await store.get("count"));
          const next = bytesOf(String(Number(found && textOf(found.bytes)) + 1));
          const put = value(await store.put("count", next, { ifMatch: found?.etag ?? "" }));
          if (put.kind === "written") return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, step));
      expect(await readText(store, "count")).toBe("20");
    });

    test("replaces no other version than the one that is named, and none that is gone", async () => {
      const store = await driver.open();
      const put = value(await store.put("a", bytesOf("one")));
      const etag = put.kind === "written" ? put.etag : "";
      expect(value(await store.get("a"))?.etag).toBe(etag);
      expect(value(await store.put("a", bytesOf("two"), { ifMatch: etag }))).toMatchObject({
        kind: "written",
      });
      expect(value(await store.put("a", bytesOf("three"), { ifMatch: etag }))).toEqual({ kind: "conflict" });
      expect(value(await store.put("b", bytesOf("four"), { ifMatch: etag }))).toEqual({ kind: "conflict" });
      expect(await readText(store, "a")).toBe("two");
      expect(value(await store.head("b"))).toBeUndefined();
    });

    test("keeps odd keys apart and as they are", async () => {
      const store = await driver.open();
      for (const key of ODD_KEYS) value(await store.put(key, bytesOf(key), { ifAbsent: true }));
      for (const key of ODD_KEYS) expect(await readText(store, key)).toBe(key);
      const { objects } = value(await store.list({}));
      const sorted = [...ODD_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(objects.map(({ key }) => key)).toEqual(sorted);
      value(await store.delete(ODD_KEYS));
      expect(value(await store.list({})).objects).toEqual([]);
    });

    test.each(BAD_KEYS)("refuses the key %j", async (key) => {
      const store = await driver.open();
      expect(causeOf(await store.put(key, bytesOf("x")))).toBe("STORE_KEY_INVALID");
      for (const call of [store.get(key), store.head(key), store.stream(key), store.delete([key])])
        expect(causeOf(await call)).toBe("STORE_KEY_INVALID");
    });

    test("refuses keys that are too long for some store", async () => {
      const store = await driver.open();
      expect(causeOf(await store.put("x".repeat(241), bytesOf("x")))).toBe("STORE_KEY_INVALID");
      expect(causeOf(await store.put("🎈".repeat(21), bytesOf("x")))).toBe("STORE_KEY_INVALID");
      expect(causeOf(await store.put("abcdefghi/".repeat(61), bytesOf("x")))).toBe("STORE_KEY_INVALID");
    });

    test("lists more than a thousand keys in order, page by page, from any key on", async () => {
      const store = await driver.open();
      const keys = Array.from({ length: 1_105 }, (_, index) =>
        index % 5 === 0 ? `many-${index}` : `many/${index % 7}/${String(index).padStart(5, "0")}`,
      );
      if (driver.fill) await driver.fill(keys);
      else
        for (let at = 0; at < keys.length; at += 50)
          await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, bytesOf(key)).then(value)));
      value(await store.put("other", bytesOf("x")));
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

      const first = value(await store.list({ prefix: "many" }));
      expect(first.objects).toHaveLength(1_000);
      const second = value(await store.list({ prefix: "many", cursor: first.cursor }));
      expect(second.cursor).toBeUndefined();
      expect([...first.objects, ...second.objects].map(({ key }) => key)).toEqual(sorted);
      expect(first.objects[0]).toMatchObject({ size: sorted[0]?.length });

      const three = value(await store.list({ prefix: "many/3/", limit: 3 }));
      const below = sorted.filter((key) => key.startsWith("many/3/"));
      expect(three.objects.map(({ key }) => key)).toEqual(below.slice(0, 3));
      expect(three.cursor).toBe(below[2]);
      const behind = value(await store.list({ prefix: "many/3/", cursor: "many/3/00500", limit: 2 }));
      expect(behind.objects.map(({ key }) => key)).toEqual(
        below.filter((key) => key > "many/3/00500").slice(0, 2),
      );
      expect(value(await store.list({ prefix: "many/30" })).objects).toEqual([]);
      expect(value(await store.list({ prefix: "nothing/" }))).toEqual({ objects: [], cursor: undefined });
    });

    test("reads a part", async () => {
      const store = await driver.open();
      value(await store.put("a", bytesOf("0123456789")));
      const part = async (first: number, last?: number) => {
        const found = value(await store.stream("a", { first, ...(last !== undefined && { last }) }));
        return { size: found?.size, text: String(await readStream(found?.body as ReadableStream)) };
      };
      expect(await part(0)).toEqual({ size: 10, text: "0123456789" });
      expect(await part(2, 4)).toEqual({ size: 3, text: "234" });
      expect(await part(7)).toEqual({ size: 3, text: "789" });
      expect(await part(8, 100)).toEqual({ size: 2, text: "89" });
      expect(await part(10)).toEqual({ size: 0, text: "" });
      expect(value(await store.stream("b", { first: 1 }))).toBeUndefined();
    });

    test("writes streams, and lets go of one that is not read to its end", async () => {
      const store = await driver.open();
      const pieces = Array.from({ length: 50 }, (_, index) => new Uint8Array(100_000).fill(index));
      value(await store.put("assets/a", streamed(pieces), { ifAbsent: true }));
      const found = value(await store.stream("assets/a"));
      expect(found?.size).toBe(5_000_000);
      expect((await readStream(found?.body as ReadableStream)).equals(Buffer.concat(pieces))).toBe(true);
      const left = value(await store.stream("assets/a"));
      const reader = left?.body.getReader();
      await reader?.read();
      await reader?.cancel();
      await value(await store.stream("assets/a"))?.body.cancel();
    });

    test("stores nothing of a body that is shorter or longer than it was said, or breaks off", async () => {
      const store = await driver.open();
      const piece = new Uint8Array(1_000).fill(7);
      const broken: StreamBody = {
        length: 2_000,
        open: () => {
          let pulls = 0;
          return new ReadableStream({
            pull(controller) {
              pulls += 1;
              if (pulls === 1) controller.enqueue(piece);
              else controller.error(new Error("The source has gone"));
            },
          });
        },
      };
      const unopened: StreamBody = { length: 1, open: () => Promise.reject(new Error("No source")) };
      value(await store.put("old", bytesOf("old")));
      for (const body of [streamed([piece], 2_000), streamed([piece, piece], 1_500), broken, unopened]) {
        expect(causeOf(await store.put("new", body))).toBe("STORE_BODY_BROKEN");
        expect(causeOf(await store.put("new", body, { ifAbsent: true }))).toBe("STORE_BODY_BROKEN");
        expect(causeOf(await store.put("old", body))).toBe("STORE_BODY_BROKEN");
      }
      expect(value(await store.list({})).objects.map(({ key }) => key)).toEqual(["old"]);
      expect(await readText(store, "old")).toBe("old");
    });

    test("stores nothing whose checksum is another", async () => {
      const store = await driver.open();
      const sums = (text: string) => ({
        md5: createHash("md5").update(text).digest("hex"),
        sha256: createHash("sha256").update(text).digest("hex"),
      });
      const [right, wrong] = [sums("hello"), sums("hallo")];
      for (const body of [bytesOf("hello"), streamed([bytesOf("hel"), bytesOf("lo")])]) {
        for (const checksums of [wrong, { md5: wrong.md5 }, { sha256: wrong.sha256 }])
          expect(causeOf(await store.put("a", body, checksums))).toBe("STORE_CHECKSUM_MISMATCH");
        expect(value(await store.head("a"))).toBeUndefined();
        value(await store.put("a", body, right));
        expect(await readText(store, "a")).toBe("hello");
        value(await store.delete(["a"]));
      }
    });

    test("deletes what is there, and what is not", async () => {
      const store = await driver.open();
      for (const key of ["a", "b", "c/d"]) value(await store.put(key, bytesOf(key)));
      value(await store.delete(["a", "c/d", "c", "never"]));
      value(await store.delete(["a"]));
      value(await store.delete([]));
      expect(value(await store.list({})).objects.map(({ key }) => key)).toEqual(["b"]);
    });

    const { openSmall } = driver;
    test.runIf(openSmall)("says that it is full, and keeps what it has", async () => {
      const store = await openSmall?.(10_000);
      if (store === undefined) return;
      value(await store.put("old", new Uint8Array(6_000)));
      expect(causeOf(await store.put("new", new Uint8Array(6_000)))).toBe("STORE_FULL");
      expect(causeOf(await store.put("old", new Uint8Array(12_000)))).toBe("STORE_FULL");
      const pieces = Array.from({ length: 12 }, () => new Uint8Array(1_000));
      expect(causeOf(await store.put("new", streamed(pieces), { ifAbsent: true }))).toBe("STORE_FULL");
      expect(value(await store.list({})).objects).toMatchObject([{ key: "old", size: 6_000 }]);
    });
  });
}

/** What every driver must hold, too, and takes its time for. */
export function heavyConformance(name: string, driver: Pick<Driver, "open">): void {
  describe(`${name}, with large objects`, () => {
    test("holds 64 MiB, and no more but as a stream", async () => {
      const store = await driver.open();
      const bytes = new Uint8Array(MOST_OBJECT_BYTES);
      bytes.set([1, 2, 3], MOST_OBJECT_BYTES - 3);
      value(await store.put("large", bytes));
      const found = value(await store.get("large"));
      expect(found && Buffer.compare(found.bytes, bytes)).toBe(0);
      const larger = new Uint8Array(MOST_OBJECT_BYTES + 1);
      expect(causeOf(await store.put("larger", larger))).toBe("STORE_OBJECT_TOO_LARGE");
      value(await store.put("larger", streamed([bytes, new Uint8Array(1)])));
      expect(causeOf(await store.get("larger"))).toBe("STORE_OBJECT_TOO_LARGE");
      const end = value(await store.stream("larger", { first: MOST_OBJECT_BYTES - 1 }));
      expect(await readStream(end?.body as ReadableStream)).toHaveLength(2);
    });
  });
}
