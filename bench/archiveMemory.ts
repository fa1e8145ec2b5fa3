import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { generatedContent } from "../emulator/content/seeds/generated.ts";
import { createEmulator } from "../emulator/emulator.ts";
import { RUNNER } from "../scripts/runner.ts";
import type { Table } from "./table.ts";
import { TOKEN } from "./world.ts";

const RECORDS = 100_000;
const MOST_MIB = 250;
const PROCESS = join(import.meta.dirname, "archiveProcess.ts");

const Made = z.object({ ms: z.number(), calls: z.int(), kibibytes: z.number() });
type Made = z.infer<typeof Made>;

/** How much memory a process needs that archives a large project onto a disk. */
export async function measureArchiveMemory(): Promise<Table> {
  const { first, second } = await measure();
  const row = (what: string, { ms, calls, kibibytes }: Made) => ({
    what,
    calls: { value: calls },
    time: { value: ms / 1_000, unit: "s", digits: 1 },
    memory: { value: kibibytes / 1_024, unit: "MiB", atMost: MOST_MIB },
  });
  return {
    name: "archiveMemory",
    title: `Memory for an archive of ${RECORDS.toLocaleString("en")} records, half with blocks`,
    columns: { what: "Reading", calls: "DatoCMS calls", time: "Time", memory: "Memory, peak" },
    rows: [row("first archive", first), row("second, nothing edited", second)],
    notes: [
      "Real time, without a rate limit: each archive is made by a process of its own, which asks DatoCMS (the emulator) as fast as it can and writes onto a disk. At 16 calls a second the first archive takes calls / 16 seconds.",
      "Memory: the most that the process had in its resident set since it began.",
    ],
  };
}

async function measure(): Promise<{ first: Made; second: Made }> {
  const emulator = createEmulator();
  emulator.addProject({
    token: TOKEN,
    rateLimit: null,
    content: generatedContent({ records: RECORDS, uploads: 500 }),
  });
  const [datocms, assets] = await Promise.all([emulator.listen(), emulator.listenAssets()]);
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const line = ["--", RUNNER, PROCESS, datocms.url, assets.url, folder];
    const make = async () =>
      Made.parse(JSON.parse((await promisify(execFile)(process.execPath, line)).stdout));
    return { first: await make(), second: await make() };
  } finally {
    await Promise.all([datocms.close(), assets.close()]);
    await rm(folder, { recursive: true });
  }
}
