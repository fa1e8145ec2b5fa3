import { join } from "node:path";
import { BUILD_SCRIPT, type BuiltFunction, buildVariables, builtFunctions } from "../hosts/vercel/built.ts";
import { type VercelProject, vercelProject } from "../hosts/vercel/project.ts";
import { RUNNER } from "../runner.ts";
import { command } from "./commands.ts";
import { firstAnswerMs, type Instance, responseOf, startInstance, wireRequest } from "./instance.ts";
import type { Artefact, Job, Part, Platform, Running, Site } from "./platform.ts";
import { largest, sizeOfFiles } from "./size.ts";

const FUNCTION = new URL("vercel/function.ts", import.meta.url);
const ORIGIN = "https://rehearsal.vercel.app";
const PATH_OF: Readonly<Record<Job, string>> = {
  daily: "/api/jobs/daily-backup",
  weekly: "/api/jobs/weekly-backup",
};
/** As many functions as Vercel's free plan takes. */
const MOST_FUNCTIONS = 12;

export const vercel: Platform = {
  name: "vercel",
  secretVariable: "CRON_SECRET",
  needs: ["vercel.json", "api"],
  idleTick: "weekly, another day",
  starts: "the function's process",
  cpuNote: "CPU is process.cpuUsage() of the function's process: the handler and IPC.",
  build,
  artefactIn,
};

async function build({ clone, out }: Site): Promise<void> {
  await command(process.execPath, [RUNNER, BUILD_SCRIPT, clone, out], {
    cwd: clone,
    env: buildVariables(out),
  });
}

async function artefactIn({ clone, out }: Site): Promise<Artefact> {
  const project = vercelProject(clone);
  const functions = builtFunctions(out);
  if (functions.length > MOST_FUNCTIONS)
    throw new Error(`${functions.length} functions; the free plan takes ${MOST_FUNCTIONS}.`);
  const parts = functions.map(({ entrypoint, directory, handler, files }): Part => {
    const name = entrypoint.replace(/\.ts$/, "");
    return {
      name,
      size: () => sizeOfFiles(files.map((file) => join(directory, file))),
      coldStart: (variables) => firstAnswerMs(FUNCTION, [directory, handler], variables, `${ORIGIN}/${name}`),
    };
  });
  const crons = project.config.crons.map(({ path, schedule }) => `${path} "${schedule}"`);
  return {
    sizeOf: "largest function",
    size: () => largest(parts),
    parts,
    contents: `${functions.length} functions; crons: ${crons.join(", ")}`,
    start: async (variables) => run(project, functions, variables),
  };
}

function run(
  { config, targetOf }: VercelProject,
  functions: readonly BuiltFunction[],
  variables: Readonly<Record<string, string>>,
): Running {
  const instances = new Map<string, Instance>();

  function functionAt(pathname: string): BuiltFunction {
    const target = targetOf(pathname);
    const found = functions.find(
      ({ entrypoint }) => target?.kind === "function" && entrypoint === target.entrypoint,
    );
    if (found === undefined)
      throw new Error(`By vercel.json ${pathname} leads to no function that was built.`);
    return found;
  }

  /** An instance serves requests side by side. */
  function instanceOf(pathname: string): Instance {
    const { entrypoint, directory, handler } = functionAt(pathname);
    const instance = instances.get(entrypoint) ?? startInstance(FUNCTION, [directory, handler], variables);
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
    cpuMs: async (job) => instances.get(functionAt(PATH_OF[job]).entrypoint)?.cpuMs() ?? 0,
    log: () => [...instances.values()].map((each) => each.log()).join(""),
    async close() {
      await Promise.all([...instances.values()].map((each) => each.close()));
    },
  };
}
