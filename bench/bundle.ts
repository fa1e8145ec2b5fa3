import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Table } from "./table.ts";

const ROOT = join(import.meta.dirname, "..");
const KIB = 1_024;
/** Read at each cold start, so it is kept small. */
const WORKER_REACH_KIB = 60;

/** How large the Worker is that a deploy uploads: bundled by wrangler, without a login. */
export async function measureBundle(): Promise<Table> {
  const directory = await mkdtemp(join(tmpdir(), "worker-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", directory], {
      cwd: ROOT,
      env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
    });
    const bundle = await readFile(join(directory, "worker.js"));
    const size = (bytes: number) => ({ value: bytes / KIB, unit: "KiB", digits: 1 });
    return {
      name: "bundle",
      title: "The Worker's upload",
      columns: { what: "Upload", minified: "Minified", gzip: "Gzip" },
      rows: [
        {
          what: "Worker, with hono, zod and the DatoCMS client",
          minified: size(bundle.byteLength),
          gzip: { ...size(gzipSync(bundle).byteLength), atMost: WORKER_REACH_KIB },
        },
      ],
      notes: [
        "By `wrangler deploy --dry-run`. `npm run rehearse` shows size and start-up of all platforms' functions.",
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
