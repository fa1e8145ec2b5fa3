import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloneWorkingTree } from "../scripts/rehearse/clone.ts";
import { cloudflare } from "../scripts/rehearse/cloudflare.ts";
import { netlify } from "../scripts/rehearse/netlify.ts";
import type { Part, Platform } from "../scripts/rehearse/platform.ts";
import { vercel } from "../scripts/rehearse/vercel.ts";
import { spreadOf } from "./spread.ts";
import type { Table } from "./table.ts";
import { SECRET, TOKEN } from "./world.ts";

const STARTS = 3;
const KIB = 1_024;
/** Read at each cold start, so it is kept small; 16 of these are openapi.json, which is served. */
const WORKER_REACH_KIB = 126;

/** How large everything is that a deploy uploads, and how long each part takes from nothing to an answer. */
export async function measureArtefacts(): Promise<Table> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "bench-")));
  try {
    const clone = await cloneWorkingTree(directory);
    const rows = [];
    for (const platform of [cloudflare, netlify, vercel]) rows.push(...(await rowsOf(platform, clone)));
    return {
      name: "artefacts",
      title: `Uploads, and cold starts of ${STARTS} fresh processes each`,
      columns: {
        where: "Where",
        what: "What",
        size: "Size",
        gzip: "Gzip",
        median: "Cold start, median",
        least: "Least",
        most: "Most",
      },
      rows,
      notes: [
        "Built from the files as they lie here by wrangler, by Netlify's builder and by Vercel's; no login. Gzip is that of each file for itself.",
        "Cold start: from the start of the process to the first answer, a preflight, in real time on this machine. The Worker's holds the start of workerd and its harness; a function's that of Node.",
      ],
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function rowsOf(platform: Platform, clone: string) {
  const { name, secretVariable } = platform;
  const out = join(clone, "..", name);
  await mkdir(out);
  await platform.build({ clone, out });
  const { parts } = await platform.artefactIn({ clone, out });
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, [secretVariable]: SECRET };
  const rows = [];
  for (const part of parts) rows.push({ where: name, ...(await rowOf(part, variables)) });
  return rows;
}

async function rowOf(part: Part, variables: Readonly<Record<string, string>>) {
  const { name } = part;
  const size = await part.size();
  const times = [];
  for (let count = 0; count < STARTS; count += 1) times.push(await part.coldStart(variables));
  const kib = (bytes: number) => ({ value: bytes / KIB, unit: "KiB", digits: 1 });
  return {
    what: name,
    size: kib(size.bytes),
    gzip: { ...kib(size.gzipBytes), atMost: name === "Worker" ? WORKER_REACH_KIB : undefined },
    ...spreadOf(times),
  };
}
