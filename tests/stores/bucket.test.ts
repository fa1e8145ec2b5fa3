import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadHarness } from "../../scripts/hosts/cloudflare/workerd.ts";
import { createS3Store, type S3Options } from "../../services/stores/s3.ts";
import { systemClock } from "../../utils/clock.ts";
import { BUCKET, KEYS } from "../support/s3.ts";
import { bytesOf, causeOf, heavyConformance, storeConformance, value } from "./conformance.ts";

/** The S3 of Cloudflare's R2, as wrangler runs it on this machine. */

let folder = "";
let endpoint = "";
let close = async () => {};
let opened = 0;

beforeAll(async () => {
  const { createTestHarness } = await loadHarness();
  folder = await mkdtemp(join(tmpdir(), "bucket-"));
  await writeFile(join(folder, "worker.js"), "export default { fetch: () => new Response() };");
  const bucket = { binding: "BUCKET", bucket_name: BUCKET };
  const local_dev = { experimental_s3_credentials: KEYS };
  const harness = createTestHarness({
    root: folder,
    workers: [
      {
        config: {
          name: "bucket",
          main: "worker.js",
          compatibility_date: "2026-01-01",
          r2_buckets: [{ ...bucket, local_dev }],
        },
      },
    ],
  });
  const { url } = await harness.listen();
  endpoint = new URL("cdn-cgi/local/r2/s3", url).href;
  close = () => harness.close();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

/** An empty part of the bucket. */
function open(changes: Partial<S3Options> = {}) {
  opened += 1;
  const place = { endpoint, bucket: BUCKET, prefix: `part-${opened}/`, region: "auto" };
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
