import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "toml";
import type { TestHarness } from "wrangler";
import * as z from "zod";
import { cronExpression, JOBS } from "../../utils/cron.ts";
import { command } from "./commands.ts";
import type { Artefact, Platform, Running, Site } from "./platform.ts";
import { processorTime } from "./processorTime.ts";
import { sizeOf } from "./size.ts";

const ORIGIN = "https://rehearsal.workers.dev";
/** Nothing is sent or fetched, and nothing but errors printed. */
const QUIET = { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_LOG: "error" };

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
};

async function build({ clone, out }: Site): Promise<Artefact> {
  const { PATH } = process.env;
  // The command line itself: `wrangler` runs it too, where it has found Node 22. It also works on 20.
  const wrangler = join(clone, "node_modules/wrangler/wrangler-dist/cli.js");
  await command(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", join(out, "out")], {
    cwd: clone,
    // Nobody's login takes part.
    env: { PATH, HOME: out, CI: "1", NO_COLOR: "1", ...QUIET },
  });
  await copyFile(join(clone, "wrangler.toml"), join(out, "wrangler.toml"));
  const { crons } = Config.parse(parse(await readFile(join(out, "wrangler.toml"), "utf8"))).triggers;
  for (const cron of JOBS.map((job) => cronExpression(job, "hourly")))
    if (!crons.includes(cron)) throw new Error(`wrangler.toml has no cron "${cron}".`);
  Object.assign(process.env, QUIET);
  // Loaded here, so that its second is not counted as start-up.
  const { createTestHarness } = await import("wrangler");
  const size = await sizeOf(join(out, "out"), (name) => !/\.map$|^README/.test(name));
  return {
    sizeOf: "Worker",
    size,
    parts: [
      { name: "Worker", size, coldStart: (variables) => firstAnswerMs(createTestHarness, out, variables) },
    ],
    contents: `crons: ${crons.map((cron) => `"${cron}"`).join(", ")}`,
    start: (variables) => run(createTestHarness, out, variables),
  };
}

async function firstAnswerMs(
  createTestHarness: typeof import("wrangler").createTestHarness,
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const began = performance.now();
  const running = await run(createTestHarness, directory, variables);
  try {
    const { status } = await running.call("/api/datocms/plugin-health", { method: "OPTIONS" });
    const ms = performance.now() - began;
    if (status >= 500) throw new Error(`The Worker answered its first request with ${status}.`);
    return ms;
  } finally {
    await running.close();
  }
}

async function run(
  createTestHarness: typeof import("wrangler").createTestHarness,
  directory: string,
  variables: Readonly<Record<string, string>>,
): Promise<Running> {
  const harness: TestHarness = createTestHarness({
    root: directory,
    workers: [{ configPath: "wrangler.toml", prebuiltWorkerDir: "out", secrets: { ...variables } }],
  });
  await harness.listen();
  return {
    async call(path, { method = "GET", headers, body }) {
      const answer = await harness.getWorker().fetch(new URL(path, ORIGIN), {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        ...(typeof body === "string" && { body }),
      });
      const text = await answer.text();
      return new Response(text === "" ? null : text, {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
      });
    },
    async tick(job) {
      const scheduledTime = new Date();
      const { outcome } = await harness
        .getWorker()
        .scheduled({ cron: cronExpression(job, "hourly"), scheduledTime });
      if (outcome !== "ok") throw new Error(`The event's outcome was "${outcome}".`);
      return `outcome ${outcome}`;
    },
    cpuMs: async () => processorTime("workerd", process.pid),
    log: () =>
      harness
        .getLogs()
        .map(({ message }) => `${message}\n`)
        .join(""),
    close: () => harness.close(),
  };
}
