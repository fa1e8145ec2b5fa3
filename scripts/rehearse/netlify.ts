import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { destinationOf, netlifySite } from "../hosts/netlify/site.ts";
import { RUNNER } from "../runner.ts";
import { command } from "./commands.ts";
import { firstAnswerMs, type Instance, responseOf, startInstance, wireRequest } from "./instance.ts";
import type { Artefact, Job, Part, Platform, Running, Site } from "./platform.ts";
import { largest, sizeOf } from "./size.ts";

const BUILD = fileURLToPath(new URL("netlify/build.ts", import.meta.url));
const LAMBDA = new URL("netlify/lambda.ts", import.meta.url);
const ORIGIN = "https://rehearsal.netlify.app";
const FUNCTION_OF: Readonly<Record<Job, string>> = { daily: "dailyBackup", weekly: "weeklyBackup" };

const Functions = z.array(z.object({ name: z.string(), path: z.string(), schedule: z.string().optional() }));
type Functions = z.infer<typeof Functions>;

export const netlify: Platform = {
  name: "netlify",
  secretVariable: "DATOCMS_BACKUPS_SHARED_SECRET",
  needs: ["netlify.toml", "netlify/functions"],
  idleTick: "weekly, asleep",
  starts: "the function's process",
  cpuNote: "CPU is process.cpuUsage() of the function's process: the handler, Netlify's bootstrap and IPC.",
  build,
  artefactIn,
};

async function build({ clone, out }: Site): Promise<void> {
  const own = netlifySite(clone).build.command;
  if (own !== "") await command("sh", ["-c", own], { cwd: clone, asGroup: true });
  await command(process.execPath, [RUNNER, BUILD, clone, out], { cwd: clone });
}

async function artefactIn({ clone, out }: Site): Promise<Artefact> {
  const site = netlifySite(clone);
  const functions = Functions.parse(JSON.parse(await readFile(join(out, "functions.json"), "utf8")));
  const schedules = functions.flatMap(({ name, schedule }) => (schedule ? [`${name} "${schedule}"`] : []));
  if (schedules.length !== 2) throw new Error(`Two crons were expected, not: ${schedules.join(", ")}.`);
  const parts = functions.map(({ name, path }): Part => {
    const address = `${ORIGIN}/.netlify/functions/${name}`;
    return {
      name,
      size: () => sizeOf(path),
      coldStart: (variables) => firstAnswerMs(LAMBDA, [path], variables, address),
    };
  });
  const callable = new Set(
    functions.filter(({ schedule }) => schedule === undefined).map(({ name }) => name),
  );
  return {
    sizeOf: "largest function",
    size: () => largest(parts),
    parts,
    contents: `${functions.length} functions; crons: ${schedules.join(", ")}`,
    start: async (variables) => {
      const route = (pathname: string) => {
        const destination = destinationOf(site, pathname, callable);
        if (destination.kind === "function") return destination.name;
        throw new Error(`By netlify.toml ${pathname} leads to no function (${destination.kind}).`);
      };
      return run(functions, route, variables);
    },
  };
}

function run(
  functions: Functions,
  route: (pathname: string) => string,
  variables: Readonly<Record<string, string>>,
): Running {
  const instances = new Map<string, Instance[]>();
  const idle = new Map<string, Instance[]>();

  /** Lambda gives each request under way an instance of its own, and keeps those that are done. */
  async function invoke(name: string, request: Request): Promise<Response> {
    const instance = idle.get(name)?.pop() ?? start(name);
    const answer = await instance.call(await wireRequest(request));
    idle.set(name, [...(idle.get(name) ?? []), instance]);
    return responseOf(answer);
  }

  function start(name: string): Instance {
    const found = functions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`There is no function ${name}.`);
    const instance = startInstance(LAMBDA, [found.path], variables);
    instances.set(name, [...(instances.get(name) ?? []), instance]);
    return instance;
  }

  const all = () => [...instances.values()].flat();
  return {
    call(path, init) {
      const request = new Request(new URL(path, ORIGIN), init);
      return invoke(route(new URL(request.url).pathname), request);
    },
    async tick(job) {
      const name = FUNCTION_OF[job];
      if (functions.find((each) => each.name === name)?.schedule === undefined)
        throw new Error(`${name} has no schedule in the manifest.`);
      const event = new Request(new URL(`/.netlify/functions/${name}`, ORIGIN), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Netlify Clockwork",
          "x-nf-event": "schedule",
        },
        body: JSON.stringify({ next_run: new Date(Date.now() + 3_600_000).toISOString() }),
      });
      const { status } = await invoke(name, event);
      if (status !== 200 && status !== 204) throw new Error(`The event was answered ${status}.`);
      return `answered ${status}`;
    },
    async cpuMs(job) {
      const used = await Promise.all((instances.get(FUNCTION_OF[job]) ?? []).map((each) => each.cpuMs()));
      return used.reduce((sum, ms) => sum + ms, 0);
    },
    log: () =>
      all()
        .map((each) => each.log())
        .join(""),
    async close() {
      await Promise.all(all().map((each) => each.close()));
    },
  };
}
