import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build as bundle } from "esbuild";
import * as z from "zod";
import { headOf, LIMIT_MS } from "../../../scripts/hosts/netlify/answer.ts";
import { netlifySite } from "../../../scripts/hosts/netlify/site.ts";
import { netlify } from "../../../scripts/rehearse/netlify.ts";
import { ROOT } from "../../../scripts/root.ts";
import { builtOnce } from "../../support/builtOnce.ts";
import { stopwatch } from "../stopwatch.ts";
import type { InstanceCall } from "./instance.ts";

const INSTANCE = "instance.mjs";
const LIST = "functions.json";

export const site = netlifySite(ROOT);

const BuiltFunction = z.looseObject({
  name: z.string(),
  /** Its folder. */
  path: z.string(),
  entryFilename: z.string(),
  mainFile: z.string(),
  schedule: z.string().optional(),
  routes: z.array(z.unknown()).optional(),
  excludedRoutes: z.array(z.unknown()).optional(),
});
type BuiltFunction = z.infer<typeof BuiltFunction>;

/** Functions as Netlify's own builder makes them. */
export interface Build {
  readonly functions: readonly BuiltFunction[];
  readonly directory: string;
}

/** The shipped functions as a deploy builds them. */
export async function build(): Promise<Build> {
  const directory = await builtOnce("netlify", buildIn);
  const list: unknown = JSON.parse(await readFile(join(directory, LIST), "utf8"));
  return { functions: z.array(BuiltFunction).parse(list), directory };
}

async function buildIn(directory: string): Promise<void> {
  await netlify.build({ clone: ROOT, out: directory });
  // Stripped of its types once, not by every worker anew.
  await bundle({
    entryPoints: [fileURLToPath(new URL("instance.ts", import.meta.url))],
    outfile: join(directory, INSTANCE),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
  });
}

const Answer = z.object({ meta: z.unknown(), body: z.instanceof(Uint8Array<ArrayBuffer>) });

/** Statuses that `Response` allows no body. */
const BODILESS = [101, 204, 205, 304];

export interface Running {
  /** @param rawUrl what the function is told that its address is */
  call(name: string, rawUrl: string, request: Request): Promise<Response>;
  /** For how many ms so far somebody waited for an instance to start; that is Netlify's time. */
  startingMs(): number;
  close(): Promise<void>;
}

interface Instance {
  readonly worker: Worker;
  /** Takes what the function writes; that of the deployment that has it. */
  write: (text: string) => void;
}

/** Instances that their deployments have left, by entry point. */
const left = new Map<string, Instance[]>();

/**
 * Runs a build for one deployment, with Netlify's bootstrap: every function has instances of its own, each of
 * which serves one request at a time and stays for the next. One that a deployment has left serves the next one, with
 * its variables: half a second of the processor goes into a new one.
 *
 * @param write takes what the functions write to their console
 * @param fresh only instances that have answered nobody yet
 */
export function run(
  { functions, directory }: Build,
  variables: Readonly<Record<string, string>>,
  write: (text: string) => void,
  fresh = false,
): Running {
  const idle = new Map<string, Instance[]>();
  const busy = new Set<Instance>();

  const starting = stopwatch();

  const start = async ({ path, entryFilename, mainFile, schedule }: BuiltFunction): Promise<Instance> => {
    const worker = new Worker(join(directory, INSTANCE), {
      env: {},
      stdout: true,
      stderr: true,
      workerData: {
        cache: join(directory, "compile-cache"),
        entryPoint: pathToFileURL(join(path, entryFilename)).href,
        main: pathToFileURL(join(path, relative(ROOT, mainFile).replace(/\.ts$/, ".mjs"))).href,
        remainingMs: LIMIT_MS[schedule === undefined ? "http" : "scheduled"],
      },
    });
    const instance: Instance = { worker, write };
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => instance.write(text));
    await once(worker, "message");
    return instance;
  };

  /** One of this deployment's, one that another has left, or a new one. */
  const take = async (built: BuiltFunction): Promise<Instance> => {
    const own = idle.get(built.name)?.pop();
    if (own !== undefined) return own;
    const taken = fresh ? undefined : listIn(left, built.path).pop();
    if (taken === undefined) return starting.during(start(built));
    taken.write = write;
    return taken;
  };

  return {
    async call(name, rawUrl, request) {
      const built = functions.find((each) => each.name === name);
      if (built === undefined) throw new Error(`There is no function ${name}.`);
      const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
      const instance = await take(built);
      busy.add(instance);
      const event = {
        rawUrl,
        httpMethod: request.method,
        headers: Object.fromEntries(request.headers),
        body: body?.toString("base64") ?? null,
        isBase64Encoded: true,
      };
      const asked: InstanceCall = { variables, event };
      instance.worker.postMessage(asked);
      const limit = AbortSignal.timeout(LIMIT_MS[built.schedule === undefined ? "http" : "scheduled"]);
      const [message] = await once(instance.worker, "message", { signal: limit });
      busy.delete(instance);
      listIn(idle, name).push(instance);
      const { meta, body: answer } = Answer.parse(message);
      const { status, headers } = headOf(meta);
      return new Response(BODILESS.includes(status) ? null : answer, { status, headers });
    },
    startingMs: starting.ms,
    async close() {
      for (const { name, path } of functions) listIn(left, path).push(...(idle.get(name) ?? []));
      idle.clear();
      await Promise.all([...busy].map(({ worker }) => worker.terminate()));
    },
  };
}

function listIn<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
