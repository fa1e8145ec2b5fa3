import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadHarness } from "../../scripts/hosts/cloudflare/workerd.ts";
import { BUCKET, KEYS } from "./s3.ts";

/** A bucket of R2 with its S3, as wrangler runs it on this machine. */
export interface LocalBucket {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Opens an empty bucket `BUCKET`, which takes `KEYS`. */
export async function openLocalBucket(): Promise<LocalBucket> {
  const { createTestHarness } = await loadHarness();
  const folder = await mkdtemp(join(tmpdir(), "bucket-"));
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
  return {
    endpoint: new URL("cdn-cgi/local/r2/s3", url).href,
    async close() {
      await harness.close();
      await rm(folder, { recursive: true });
    },
  };
}
