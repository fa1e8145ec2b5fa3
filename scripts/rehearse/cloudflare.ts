import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "toml";
import * as z from "zod";
import { cronExpression, JOBS } from "../../utils/cron.ts";
import { buildWorker, loadHarness, startWorker } from "../hosts/cloudflare/workerd.ts";
import type { Artefact, Platform, Running, Site } from "./platform.ts";
import { processorTime } from "./processorTime.ts";
import { sizeOf } from "./size.ts";

const ORIGIN = "https://rehearsal.workers.dev";

const Config = z.object({ triggers: z.object({ crons: z.array(z.string()) }) });

export const cloudflare: Platform = {
  name: "cloudflare",
  secretVariable: "DATOCMS_BACKUPS_SHARED_SECRET",
  needs: ["wrangler.toml", "cloudflare/worker.ts"],
  idleTick: "weekly, asleep",
  starts: "workerd, by the harness",
  cpuNote:
    "CPU is that of all threads of workerd, from /proc, so it holds workerd's and the harness's part of a call too; an asleep tick shows the part that every tick has. Cloudflare counts the Worker alone and allows it 10 ms on the free plan.",
  build,
  artefactIn,
};

async function build({ clone, out }: Site): Promise<void> {
  await buildWorker(clone, out);
}

async function artefactIn({ out }: Site): Promise<Artefact> {
  const { crons } = Config.parse(parse(await readFile(join(out, "wrangler.toml"), "utf8"))).triggers;
  for (const cron of JOBS.map((job) => cronExpression(job, "hourly")))
    if (!crons.includes(cron)) throw new Error(`wrangler.toml has no cron "${cron}".`);
  // Here, so that its second is not counted as start-up.
  await loadHarness();
  const size = () => sizeOf(join(out, "out"), (name) => !/\.map$|^README/.test(name));
  return {
    sizeOf: "Worker",
    size,
    parts: [{ name: "Worker", size, coldStart: (variables) => firstAnswerMs(out, variables) }],
    contents: `crons: ${crons.map((cron) => `"${cron}"`).join(", ")}`,
    start: (variables) => run(out, variables),
  };
}

async function firstAnswerMs(
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const began = performance.now();
  const running = await run(directory, variables);
  try {
    const { status } = await running.call("/api/datocms/plugin-health", { method: "OPTIONS" });
    const ms = performance.now() - began;
    if (status >= 500) throw new Error(`The Worker answered its first request with ${status}.`);
    return ms;
  } finally {
    await running.close();
  }
}

async function run(directory: string, variables: Readonly<Record<string, string>>): Promise<Running> {
  const worker = await startWorker(directory, variables);
  return {
    call: (path, init) => worker.send(new Request(new URL(path, ORIGIN), init)),
    async tick(job) {
      const { outcome } = await worker.tick(cronExpression(job, "hourly"));
      if (outcome !== "ok") throw new Error(`The event's outcome was "${outcome}".`);
      return `outcome ${outcome}`;
    },
    cpuMs: async () => processorTime("workerd", process.pid),
    log: () =>
      worker
        .lines()
        .map((line) => `${line}\n`)
        .join(""),
    close: worker.close,
  };
}
