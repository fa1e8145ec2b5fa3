import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { RUNNER } from "../runner.ts";
import { command } from "./commands.ts";
import { firstAnswerMs, type Instance, responseOf, startInstance, wireRequest } from "./instance.ts";
import type { Artefact, Job, Platform, Running, Site } from "./platform.ts";
import { largest, sizeOf } from "./size.ts";
import { entrypointFor, entrypointsIn, type VercelConfig, vercelConfig } from "./vercel/routes.ts";

const BUILD = fileURLToPath(new URL("vercel/build.ts", import.meta.url));
const FUNCTION = new URL("vercel/function.ts", import.meta.url);
const ORIGIN = "https://rehearsal.vercel.app";
const PATH_OF: Readonly<Record<Job, string>> = {
  daily: "/api/jobs/daily-backup",
  weekly: "/api/jobs/weekly-backup",
};
/** As many functions as Vercel's free plan takes. */
const MOST_FUNCTIONS = 12;

const BuiltFunction = z.object({
  entrypoint: z.string(),
  /** Where its files are. */
  directory: z.string(),
  /** Its module, from the directory. */
  handler: z.string(),
  runtime: z.string(),
});
export type BuiltFunction = z.infer<typeof BuiltFunction>;

export const vercel: Platform = {
  name: "vercel",
  secretVariable: "CRON_SECRET",
  needs: ["vercel.json", "api"],
  idleTick: "weekly, another day",
  starts: "the function's process",
  cpuNote: "CPU is process.cpuUsage() of the function's process: the handler and IPC.",
  build,
};

async function build({ clone, out }: Site): Promise<Artefact> {
  const config = vercelConfig(clone);
  const { PATH, TMPDIR } = process.env;
  await command(process.execPath, [RUNNER, BUILD, clone, out], {
    cwd: clone,
    // Nobody's login takes part, and the packages are there already.
    env: { PATH, HOME: out, VERCEL_INSTALL_COMPLETED: "1", ...(TMPDIR !== undefined && { TMPDIR }) },
  });
  const text = await readFile(join(out, "functions.json"), "utf8");
  const functions = z.array(BuiltFunction).parse(JSON.parse(text));
  if (functions.length > MOST_FUNCTIONS)
    throw new Error(`${functions.length} functions; the free plan takes ${MOST_FUNCTIONS}.`);
  const parts = await Promise.all(
    functions.map(async ({ entrypoint, directory, handler }) => {
      const name = entrypoint.replace(/\.ts$/, "");
      return {
        name,
        size: await sizeOf(directory),
        coldStart: (variables: Readonly<Record<string, string>>) =>
          firstAnswerMs(FUNCTION, [directory, handler], variables, `${ORIGIN}/${name}`),
      };
    }),
  );
  const crons = config.crons.map(({ path, schedule }) => `${path} "${schedule}"`);
  return {
    sizeOf: "largest function",
    size: largest(parts.map(({ size }) => size)),
    parts,
    contents: `${functions.length} functions; crons: ${crons.join(", ")}`,
    start: async (variables) => run(config, clone, functions, variables),
  };
}

function run(
  config: VercelConfig,
  clone: string,
  functions: readonly BuiltFunction[],
  variables: Readonly<Record<string, string>>,
): Running {
  const entrypoints = entrypointsIn(clone);
  const instances = new Map<string, Instance>();

  /** An instance serves requests side by side. */
  function instanceOf(pathname: string): Instance {
    const entrypoint = entrypointFor(config, clone, entrypoints, pathname);
    const found = functions.find((each) => each.entrypoint === entrypoint);
    if (found === undefined) throw new Error(`${entrypoint} was not built.`);
    const instance =
      instances.get(entrypoint) ?? startInstance(FUNCTION, [found.directory, found.handler], variables);
    instances.set(entrypoint, instance);
    return instance;
  }

  async function call(path: string, init: RequestInit): Promise<Response> {
    const request = new Request(new URL(path, ORIGIN), init);
    return responseOf(await instanceOf(new URL(request.url).pathname).call(await wireRequest(request)));
  }

  return {
    call,
    async tick(job) {
      const cron = config.crons.find(({ path }) => path === PATH_OF[job]);
      if (cron === undefined) throw new Error(`vercel.json has no cron for ${PATH_OF[job]}.`);
      const response = await call(cron.path, {
        headers: {
          // Vercel sends the variable of this name, where it is set.
          authorization: `Bearer ${variables.CRON_SECRET}`,
          "user-agent": "vercel-cron/1.0",
          "x-vercel-cron-schedule": cron.schedule,
        },
      });
      const body = await response.text();
      if (response.status !== 200) throw new Error(`The cron was answered ${response.status}: ${body}`);
      return "answered 200";
    },
    // What does not run yet has used nothing.
    cpuMs: async (job) =>
      instances.get(entrypointFor(config, clone, entrypoints, PATH_OF[job]))?.cpuMs() ?? 0,
    log: () => [...instances.values()].map((each) => each.log()).join(""),
    async close() {
      await Promise.all([...instances.values()].map((each) => each.close()));
    },
  };
}
