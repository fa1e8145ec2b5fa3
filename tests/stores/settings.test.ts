import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { claimRoot, ROOT_KEY } from "../../services/stores/root.ts";
import { readStoreSettings } from "../../services/stores/settings.ts";
import { secretsIn } from "../../utils/auth.ts";
import { bytesOf, causeOf, readText, value } from "./conformance.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "a/secret+of=S3" };
const read = (variables: Record<string, string>) => readStoreSettings(variables, "/srv/app");

describe("BACKUP_STORE", () => {
  test("none is set", () => {
    expect(value(read({}))).toBeUndefined();
    expect(value(read({ BACKUP_STORE: " ", ...KEYS }))).toBeUndefined();
  });

  test.each([
    ["file:///var/backups", "/var/backups"],
    ["file:///var/my%20backups/", "/var/my backups/"],
    ["file:./backups", "/srv/app/backups"],
    ["file:backups/here", "/srv/app/backups/here"],
    ["file:../backups", "/srv/backups"],
  ])("%s is the folder %s", (address, root) => {
    expect(value(read({ BACKUP_STORE: address }))).toEqual({ kind: "file", root });
  });

  test.each([
    ["s3://bucket", "", {}, "https://s3.eu-central-1.amazonaws.com"],
    ["s3://bucket/", "", {}, "https://s3.eu-central-1.amazonaws.com"],
    ["s3://my.bucket-1/one/two/", "one/two/", {}, "https://s3.eu-central-1.amazonaws.com"],
    ["s3://bucket/p", "p/", { BACKUP_S3_ENDPOINT: "http://127.0.0.1:9000/" }, "http://127.0.0.1:9000"],
  ])("%s has the prefix %j", (address, prefix, more, endpoint) => {
    const variables = { BACKUP_STORE: address, BACKUP_S3_REGION: "eu-central-1", ...KEYS, ...more };
    expect(value(read(variables))).toMatchObject({ kind: "s3", prefix, endpoint, region: "eu-central-1" });
  });

  test("takes the region auto beside an endpoint", () => {
    const endpoint = { BACKUP_S3_ENDPOINT: "https://example.r2.cloudflarestorage.com" };
    const variables = { BACKUP_STORE: "s3://bucket/p", ...KEYS, ...endpoint };
    expect(value(read(variables))).toMatchObject({ region: "auto" });
  });

  test.each([
    ["a folder of another machine", { BACKUP_STORE: "file://server/share" }, "BACKUP_STORE"],
    ["a query", { BACKUP_STORE: "file:./a?b" }, "BACKUP_STORE"],
    ["another scheme", { BACKUP_STORE: "https://key:topsecret@example.com/b" }, "BACKUP_STORE"],
    ["keys in the address", { BACKUP_STORE: "s3://key:topsecret@bucket/p", ...KEYS }, "BACKUP_STORE"],
    ["a way up", { BACKUP_STORE: "s3://bucket/../other", ...KEYS }, "BACKUP_STORE"],
    ["an upper-case bucket", { BACKUP_STORE: "s3://Bucket", ...KEYS }, "BACKUP_STORE"],
    ["no region", { BACKUP_STORE: "s3://bucket", ...KEYS }, "BACKUP_S3_REGION"],
    ["no keys", { BACKUP_STORE: "s3://bucket", BACKUP_S3_REGION: "eu-west-1" }, "AWS_ACCESS_KEY_ID"],
    [
      "plain http",
      { BACKUP_STORE: "s3://bucket", ...KEYS, BACKUP_S3_ENDPOINT: "http://minio.example.com" },
      "BACKUP_S3_ENDPOINT",
    ],
  ])("is refused with %s", (_, variables, name) => {
    const result = read(variables);
    expect(causeOf(result)).toBe("STORE_MISCONFIGURED");
    expect(!result.ok && result.failure.sentence).toContain(name);
    expect(JSON.stringify(result)).not.toMatch(/topsecret|a\/secret/);
  });

  test.each([
    [{ BACKUP_STORE: "r2://BINDING/prefix" }, "r2"],
    [{ BACKUP_STORE: "netlify-blobs://store" }, "netlify-blobs"],
    [{ BACKUP_STORE: "file:./backups", BACKUP_ARCHIVE_RECIPIENTS: "age1x" }, "BACKUP_ARCHIVE_RECIPIENTS"],
  ])("%j is not there yet", (variables, name) => {
    const result = read(variables);
    expect(causeOf(result)).toBe("STORE_NOT_SUPPORTED");
    expect(!result.ok && result.failure.sentence).toContain(name);
  });

  test("has keys that no log shows", () => {
    expect(secretsIn(KEYS)).toEqual(expect.arrayContaining(Object.values(KEYS)));
  });
});

describe("a store's root", () => {
  const NOW = Date.UTC(2026, 10, 26);
  const newStore = () => createMemoryStore({ now: () => NOW });

  test("is marked once, for one project", async () => {
    const store = newStore();
    const roots = await Promise.all(Array.from({ length: 5 }, () => claimRoot(store, "64167", NOW)));
    const first = value(roots[0] as (typeof roots)[0]);
    expect(first).toMatchObject({ format: "dato-archive", version: 1, project: "64167" });
    for (const root of roots) expect(value(root)).toEqual(first);
    expect(JSON.parse((await readText(store, ROOT_KEY)) ?? "")).toEqual(first);
  });

  test("of another project is refused, and stays as it is", async () => {
    const store = newStore();
    value(await claimRoot(store, "64167", NOW));
    const result = await claimRoot(store, "99999", NOW);
    expect(causeOf(result)).toBe("STORE_OF_ANOTHER_PROJECT");
    expect(JSON.parse((await readText(store, ROOT_KEY)) ?? "")).toMatchObject({ project: "64167" });
  });

  test.each([
    "",
    "no JSON",
    "[]",
    '{"format":"dato-archive","version":2,"store":"s","project":"64167","createdAt":"2026-11-26T00:00:00.000Z","naming":"plain","encryption":null}',
    '{"format":"dato-archive","version":1,"store":"s","project":"64167","createdAt":"2026-11-26T00:00:00.000Z","naming":"hmac","encryption":{}}',
  ])("in a format that is not known is refused: %j", async (text) => {
    const store = newStore();
    value(await store.put(ROOT_KEY, bytesOf(text)));
    expect(causeOf(await claimRoot(store, "64167", NOW))).toBe("STORE_FORMAT_UNKNOWN");
    expect(await readText(store, ROOT_KEY)).toBe(text);
  });
});
