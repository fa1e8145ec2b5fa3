import { afterAll, beforeAll, expect, test } from "vitest";
import { createS3Store, type S3Options } from "../../services/stores/s3.ts";
import { systemClock } from "../../utils/clock.ts";
import { type LocalBucket, openLocalBucket } from "../support/localBucket.ts";
import { BUCKET, KEYS } from "../support/s3.ts";
import { bytesOf, causeOf, heavyConformance, storeConformance, value } from "./conformance.ts";

/** The S3 of Cloudflare's R2, as wrangler runs it on this machine. */

let bucket: LocalBucket;
let opened = 0;

beforeAll(async () => {
  bucket = await openLocalBucket();
});
afterAll(() => bucket.close());

/** An empty part of the bucket. */
function open(changes: Partial<S3Options> = {}) {
  opened += 1;
  const place = { endpoint: bucket.endpoint, bucket: BUCKET, prefix: `part-${opened}/`, region: "auto" };
  return createS3Store({ ...place, ...KEYS, fetch, clock: systemClock, ...changes });
}

const driver = { open: async () => open() };
storeConformance("a store in R2", driver);
heavyConformance("a store in R2", driver);

test("R2 refuses a wrong secret, and a bucket that is not there", async () => {
  expect(causeOf(await open({ secretAccessKey: "another" }).get("a"))).toBe("STORE_ACCESS_DENIED");
  expect(causeOf(await open({ bucket: "another" }).list({}))).toBe("STORE_NOT_FOUND");
});

test("R2 checks bytes by the sums that go with them", async () => {
  const store = open();
  // Unlike the driver, which checks first: the sums are right for what it sends.
  value(await store.put("a", bytesOf("x"), { md5: "9dd4e461268c8034f5c8564e155c67a6" }));
  expect(value(await store.head("a"))).toMatchObject({ size: 1 });
});
