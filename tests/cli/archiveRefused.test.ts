import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyContent } from "../../emulator/content/seed.ts";
import { callers } from "../emulator/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal } from "./support.ts";

const ENDPOINT = "https://bucket.example";
const BUCKET = {
  BACKUP_STORE: "s3://backups/here",
  BACKUP_S3_ENDPOINT: ENDPOINT,
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "a-secret-that-is-never-shown",
};

const openProject = () => openTerminal({ content: emptyContent, rateLimit: null });

/** A bucket that answers by `answer`, and DatoCMS beside it. */
function withBucket(datocms: typeof fetch, answer: (method: string, key: string) => Response): typeof fetch {
  return async (input, init) => {
    const url = new URL(String(input));
    if (url.origin !== ENDPOINT) return datocms(input, init);
    const key = url.pathname.replace("/backups", "").replace("/here/", "");
    return answer(init?.method ?? "GET", key);
  };
}

function refusal(status: number, code: string): Response {
  return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`, {
    status,
    headers: { "content-type": "application/xml" },
  });
}

describe("archive create says what is wrong with the store:", () => {
  test.each([
    ["no address", { BACKUP_STORE: "ftp://somewhere/backups" }, "STORE_MISCONFIGURED", "BACKUP_STORE"],
    ["no bucket", { ...BUCKET, BACKUP_STORE: "s3://B/x" }, "STORE_MISCONFIGURED", "BACKUP_STORE"],
    [
      "no keys",
      { BACKUP_STORE: "s3://backups", BACKUP_S3_ENDPOINT: ENDPOINT },
      "STORE_MISCONFIGURED",
      "AWS_ACCESS_KEY_ID",
    ],
    ["a store that is not there yet", { BACKUP_STORE: "r2://BACKUPS/x" }, "STORE_NOT_SUPPORTED", "r2://"],
    ["another one", { BACKUP_STORE: "netlify-blobs://store" }, "STORE_NOT_SUPPORTED", "netlify-blobs://"],
    [
      "encryption, which is not there yet",
      { ...BUCKET, BACKUP_ARCHIVE_RECIPIENTS: "age1x" },
      "STORE_NOT_SUPPORTED",
      "BACKUP_ARCHIVE_RECIPIENTS",
    ],
    [
      "traffic of no unit",
      { ...BUCKET, BACKUP_ARCHIVE_TRAFFIC: "much" },
      "INVALID_CONFIGURATION",
      "BACKUP_ARCHIVE_TRAFFIC",
    ],
    [
      "models of no name",
      { ...BUCKET, BACKUP_ARCHIVE_EXCLUDE: "Blog Post" },
      "INVALID_CONFIGURATION",
      "BACKUP_ARCHIVE_EXCLUDE",
    ],
  ])("%s", async (_, environment, code, about) => {
    const { json, world } = await openProject();
    const made = await json("archive create", { environment });
    expect(made).toMatchObject({ exit: 2, document: { ok: false, error: { code } } });
    expect(JSON.stringify(made.document)).toContain(about);
    expect(JSON.stringify(made)).not.toContain(BUCKET.AWS_SECRET_ACCESS_KEY);
    expect(world.emulator.requests).toEqual([]);
  });

  test.each([
    ["credentials that are refused", 403, "InvalidAccessKeyId", "STORE_ACCESS_DENIED"],
    ["a bucket that is not there", 404, "NoSuchBucket", "STORE_NOT_FOUND"],
    ["a clock that is wrong by an hour", 403, "RequestTimeTooSkewed", "STORE_CLOCK_WRONG"],
    ["too many calls", 503, "SlowDown", "STORE_BUSY"],
    ["no answer but errors", 500, "InternalError", "STORE_UNAVAILABLE"],
  ])("%s", async (_, status, word, code) => {
    const { json, world } = await openProject();
    const fetch = withBucket(world.emulator.fetch, () => refusal(status, word));
    const made = await json("archive create", { environment: BUCKET, fetch });
    expect(made).toMatchObject({ exit: 1, document: { ok: false, error: { code } } });
    expect(JSON.stringify(made)).not.toContain(BUCKET.AWS_SECRET_ACCESS_KEY);
  });

  test("a store that is full in the middle, which leaves no manifest", async () => {
    const { json, world } = await openProject();
    const written: string[] = [];
    const fetch = withBucket(world.emulator.fetch, (method, key) => {
      if (method !== "PUT") {
        if (key === "")
          return new Response("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
        return refusal(404, "NoSuchKey");
      }
      if (written.length === 5) return refusal(507, "XMinioStorageFull");
      written.push(key);
      return new Response(null, { headers: { etag: `"${written.length}"` } });
    });
    expect(await json("archive create", { environment: BUCKET, fetch })).toMatchObject({
      exit: 1,
      document: { error: { code: "STORE_FULL", message: expect.stringContaining("full") } },
    });
    expect(written).toHaveLength(5);
    expect(written.filter((key) => key.startsWith("archives/"))).toEqual([]);
  });
});

describe("archive create takes", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await scratchFolder("archives-");
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("a project without models, and one with a model called con", async () => {
    const { json, world } = await openProject();
    const environment = { BACKUP_STORE: `file://${folder}` };
    expect(await json("archive create", { environment })).toMatchObject({
      exit: 0,
      document: { ok: true, archive: { counts: { models: 0, records: 0 }, warnings: [] } },
    });
    const { client } = callers(world.emulator.fetch, "https://site-api.datocms.com", world.clock);
    await world.clock.run(async () => {
      const { id } = await client.itemTypes.create({ name: "Con", api_key: "con" });
      await client.items.create({ item_type: { type: "item_type", id } });
    });
    expect(await json("archive create", { environment })).toMatchObject({
      exit: 0,
      document: { archive: { counts: { models: 1, records: 1 } } },
    });
    expect(await json("archive verify latest --level deep", { environment })).toMatchObject({
      exit: 0,
      document: { verify: { problems: [] } },
    });
  });
});
