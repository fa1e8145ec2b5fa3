import { describe, expect, test } from "vitest";
import { isPermanent, StoreReadError } from "../../services/stores/failures.ts";
import { listen } from "../support/listening.ts";
import { type Fault, KEYS, type S3Server } from "../support/s3.ts";
import { bytesOf, causeOf, readStream, readText, streamed, value } from "./conformance.ts";
import { openS3 } from "./drivers.ts";

/** Lets something go wrong with the first requests of one method. */
function failing(server: S3Server, method: string, ...faults: (Fault | undefined)[]): void {
  server.fault = (asked, number) => (asked.method === method ? faults[number - 1] : undefined);
}

const always = (server: S3Server, fault: Fault) => {
  server.fault = () => fault;
};
const methods = (server: S3Server) => server.asked.map(({ method }) => method).join(" ");
const BUSY = { status: 503, code: "SlowDown" } as const;

describe("a refusal of S3's is told at once, by our own word:", () => {
  test.each([
    [{ status: 403, code: "AccessDenied" }, "STORE_ACCESS_DENIED"],
    [{ status: 403, code: "InvalidAccessKeyId" }, "STORE_ACCESS_DENIED"],
    [{ status: 403, code: "RequestTimeTooSkewed" }, "STORE_CLOCK_WRONG"],
    [{ status: 403, code: "QuotaExceeded" }, "STORE_FULL"],
    [{ status: 401 }, "STORE_ACCESS_DENIED"],
    [{ status: 404, code: "NoSuchBucket" }, "STORE_NOT_FOUND"],
    [{ status: 301, code: "PermanentRedirect" }, "STORE_MISCONFIGURED"],
    [{ status: 307, headers: { location: "http://127.0.0.1:1/" } }, "STORE_MISCONFIGURED"],
    [{ status: 400, code: "AuthorizationHeaderMalformed" }, "STORE_MISCONFIGURED"],
  ] as const)("%j: %s", async (fault, cause) => {
    const { store, server } = await openS3();
    always(server, fault);
    const calls = [store.get("a"), store.list({}), store.put("a", bytesOf("x")), store.delete(["a"])];
    for (const call of calls) {
      const result = await call;
      expect(causeOf(result)).toBe(cause);
      expect(!result.ok && isPermanent(result.failure)).toBe(true);
    }
    expect(server.asked).toHaveLength(calls.length);
  });

  test("a wrong secret, which stands in no answer", async () => {
    const { store } = await openS3({ secretAccessKey: "wrong-secret-wrong-secret" });
    const result = await store.get("a");
    expect(causeOf(result)).toBe("STORE_ACCESS_DENIED");
    expect(JSON.stringify(result)).not.toMatch(/wrong-secret|AKID|127\.0\.0\.1/);
  });

  test("a bucket that is not there", async () => {
    const { store } = await openS3({ bucket: "another" });
    for (const call of [store.get("a"), store.list({}), store.put("a", bytesOf("x"))])
      expect(causeOf(await call)).toBe("STORE_NOT_FOUND");
  });

  test("an address where nothing listens", async () => {
    const { store } = await openS3({ endpoint: "http://127.0.0.1:1" });
    expect(causeOf(await store.get("a"))).toBe("STORE_UNAVAILABLE");
  });
});

describe("what may be repeated is repeated after", () => {
  test.each<Fault>([
    { status: 500, code: "InternalError" },
    BUSY,
    { status: 429 },
    { status: 429, headers: { "retry-after": "2" } },
    "cut",
    "lost",
    "hang",
  ])("%j, three times", async (fault) => {
    const { store, server } = await openS3();
    failing(server, "PUT", fault, fault, fault);
    value(await store.put("a", bytesOf("hello")));
    value(await store.put("b", streamed([bytesOf("hel"), bytesOf("lo")])));
    failing(server, "GET", fault, fault, fault);
    expect(await readText(store, "a")).toBe("hello");
    failing(server, "DELETE", fault, fault, fault);
    value(await store.delete(["a"]));
    expect(server.objects.size).toBe(1);
    expect(methods(server)).toBe(`PUT PUT PUT PUT PUT GET GET GET GET DELETE DELETE DELETE DELETE`);
  });

  test.each([
    [BUSY, "STORE_BUSY"],
    [{ status: 429 }, "STORE_BUSY"],
    [{ status: 500 }, "STORE_UNAVAILABLE"],
    ["hang", "STORE_UNAVAILABLE"],
  ] as const)("%j, and given up after the fourth time: %s", async (fault, cause) => {
    const { store, server } = await openS3();
    always(server, fault);
    const result = await store.get("a");
    expect(causeOf(result)).toBe(cause);
    expect(!result.ok && isPermanent(result.failure)).toBe(false);
    expect(server.asked).toHaveLength(4);
  });
});

describe("a put under a condition whose answer was lost", () => {
  test("is known as its own where it was carried out, and sent once", async () => {
    const { store, server } = await openS3();
    failing(server, "PUT", "lost");
    expect(value(await store.put("a", bytesOf("mine"), { ifAbsent: true }))).toMatchObject({
      kind: "written",
    });
    expect(methods(server)).toBe("PUT HEAD");
    const etag = value(await store.get("a"))?.etag ?? "";
    failing(server, "PUT", undefined, "lost");
    expect(value(await store.put("a", bytesOf("next"), { ifMatch: etag }))).toMatchObject({
      kind: "written",
    });
    expect(await readText(store, "a")).toBe("next");
  });

  test.each<Fault>(["cut", { status: 500 }, "hang"])("is sent again where it was not: %j", async (fault) => {
    const { store, server } = await openS3();
    failing(server, "PUT", fault);
    expect(value(await store.put("a", bytesOf("one"), { ifAbsent: true }))).toMatchObject({
      kind: "written",
    });
    expect(methods(server)).toBe("PUT HEAD PUT");
    const etag = value(await store.get("a"))?.etag ?? "";
    failing(server, "PUT", undefined, undefined, fault);
    expect(value(await store.put("a", bytesOf("two"), { ifMatch: etag }))).toMatchObject({ kind: "written" });
    expect(await readText(store, "a")).toBe("two");
  });

  test("is a conflict where somebody else was faster, even with the same bytes", async () => {
    const { store, server } = await openS3();
    server.fault = ({ method }, number) => {
      if (method !== "PUT" || number > 1) return undefined;
      const theirs = { bytes: Buffer.from("same"), etag: '"same"', modified: new Date(), meta: {} };
      server.objects.set("some/where/a", theirs);
      return "cut";
    };
    expect(value(await store.put("a", bytesOf("same"), { ifAbsent: true }))).toEqual({ kind: "conflict" });
  });

  test("is written where the second try meets the first", async () => {
    const { store, server } = await openS3();
    // The look is too early: what was sent first arrives behind it.
    server.fault = ({ method }, number) => {
      if (method === "PUT" && number === 1) return "lost";
      if (method === "HEAD" && number === 1) return { status: 404 };
      return undefined;
    };
    expect(value(await store.put("a", bytesOf("mine"), { ifAbsent: true }))).toMatchObject({
      kind: "written",
    });
    expect(methods(server)).toBe("PUT HEAD PUT HEAD");
  });

  test("stays open where nobody can look", async () => {
    const { store, server } = await openS3();
    server.fault = ({ method }) => (method === "PUT" ? "lost" : { status: 500 });
    expect(causeOf(await store.put("a", bytesOf("mine"), { ifAbsent: true }))).toBe("STORE_UNAVAILABLE");
  });

  test("is looked into where two writers meet (409)", async () => {
    const { store, server } = await openS3();
    const conflict = { status: 409, code: "ConditionalRequestConflict" };
    failing(server, "PUT", conflict);
    expect(value(await store.put("a", bytesOf("x"), { ifAbsent: true }))).toMatchObject({ kind: "written" });
    always(server, conflict);
    server.fault = ({ method }) => (method === "PUT" ? conflict : undefined);
    expect(value(await store.put("a", bytesOf("y"), { ifAbsent: true }))).toEqual({ kind: "conflict" });
  });
});

describe("a body that breaks off", () => {
  const text = "0123456789".repeat(1_000);

  test.each<Fault>(["half", "stall"])("while it is read is taken up where it broke: %s", async (fault) => {
    const { store, server } = await openS3();
    value(await store.put("a", bytesOf(text)));
    failing(server, "GET", fault, "cut", fault);
    expect(await readText(store, "a")).toBe(text);
    failing(server, "GET", ...server.asked.map(() => undefined), fault);
    const part = value(await store.stream("a", { first: 5, last: 7_004 }));
    expect(String(await readStream(part?.body as ReadableStream))).toBe(text.slice(5, 7_005));
  });

  test("again and again is given up", async () => {
    const { store, server } = await openS3();
    value(await store.put("a", bytesOf(text)));
    server.fault = ({ method, headers }) =>
      method !== "GET" ? undefined : headers.range === undefined ? "half" : { status: 500 };
    expect(causeOf(await store.get("a"))).toBe("STORE_UNAVAILABLE");
    const body = value(await store.stream("a"))?.body as ReadableStream;
    await expect(readStream(body)).rejects.toThrow(StoreReadError);
  });

  test("is never made whole with the bytes of another version", async () => {
    const { store, server } = await openS3();
    value(await store.put("a", bytesOf(text)));
    server.fault = ({ method }, number) => {
      if (method === "GET" && number === 1) return "half";
      const next = { bytes: Buffer.from(text.replaceAll("0", "x")), modified: new Date(), meta: {} };
      server.objects.set("some/where/a", { ...next, etag: '"next"' });
      return undefined;
    };
    expect(causeOf(await store.get("a"))).toBe("STORE_OBJECT_CHANGED");
  });

  test("of a list is asked for again", async () => {
    const { store, server } = await openS3();
    value(await store.put("a", bytesOf("x")));
    always(server, "half");
    expect(causeOf(await store.list({}))).toBe("STORE_UNAVAILABLE");
  });
});

test("no credentials leave with a redirect", async () => {
  let called = 0;
  const elsewhere = await listen((_, response) => {
    called += 1;
    response.end();
  });
  const { store, server } = await openS3();
  always(server, { status: 302, headers: { location: elsewhere } });
  await store.get("a");
  await store.put("a", bytesOf("x"));
  expect(called).toBe(0);
  expect(JSON.stringify(server.asked)).not.toContain(KEYS.secretAccessKey);
});
