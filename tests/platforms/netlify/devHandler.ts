import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { mockLocation, Reactive, shouldBase64Encode } from "@netlify/dev-utils";
import { FunctionsHandler } from "@netlify/functions-dev";
import { listFunctions } from "@netlify/zip-it-and-ship-it";
import * as z from "zod";
import { stopwatch } from "../stopwatch.ts";
import type { Running } from "./functions.ts";
import { type Project, SHIPPED } from "./packedProject.ts";

/** What the service reads of its variables; whoever runs the tests may have some set. */
const OURS = /^(DATOCMS|BACKUP|CRON)_/;
/** Given as the directory to build in, it means that a function is run as it was built last. */
const NO_BUILD = "";
/** A worker that has had nothing to do for this long in all has loaded everything, ms. */
const LOADED_IDLE_MS = 50;
const LOOK_MS = 20;

/** A function as the handler holds it; its declarations leave it out. */
interface Registered {
  readonly name: string;
  build(options: { buildDirectory: string; cache: object }): Promise<unknown>;
}

const RegisteredEvent = z.looseObject({
  name: z.literal("FunctionRegisteredEvent"),
  function: z.custom<Registered>((value) => typeof value === "object" && value !== null && "build" in value),
});

export interface DevHandler {
  /** Functions that have an address of their own; scheduled ones have none. */
  readonly named: ReadonlySet<string>;
  /**
   * One deployment.
   *
   * @param write takes what the functions write to their console
   */
  run(variables: Readonly<Record<string, string>>, write?: (text: string) => void): Running;
  close(): Promise<void>;
}

/**
 * Netlify's own local runtime. It starts a worker for every call, whose variables are those that this process has at
 * that moment. As when it watches the files a function is built once, but not before it is called: that takes seconds.
 */
export async function devHandler({ root, functions }: Project = SHIPPED): Promise<DevHandler> {
  const destPath = await mkdtemp(join(tmpdir(), "netlify-dev-"));
  const registered = new Map<string, Registered>();
  const handler = new FunctionsHandler({
    projectRoot: root,
    destPath,
    config: new Reactive({ functionsDirectory: functions, functions: {} }),
    settings: {},
    geolocation: mockLocation,
    siteId: "site",
    userFunctionsPath: functions,
    timeouts: { syncFunctions: 60, backgroundFunctions: 900 },
    eventHandler(event) {
      const { data } = RegisteredEvent.safeParse(event);
      if (data !== undefined) registered.set(data.function.name, data.function);
    },
  });
  const listed = await listFunctions(functions, { parseISC: true });
  const built = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();

  /** Begins a call, with the variables as this process's own until its worker has them. */
  async function begin(name: string, request: Request, variables: Readonly<Record<string, string>>) {
    const match = await handler.match(
      new Request(new URL(`/.netlify/functions/${name}`, request.url)),
      NO_BUILD,
    );
    const found = registered.get(name);
    if (match === undefined || found === undefined) throw new Error(`There is no function ${name}.`);
    if (!built.has(name)) await found.build({ buildDirectory: destPath, cache: {} });
    built.add(name);
    const own = Object.entries(process.env).filter(([variable]) => OURS.test(variable));
    for (const [variable] of own) delete process.env[variable];
    Object.assign(process.env, variables);
    try {
      const started = once(process, "worker");
      const answer = match.handle(request);
      const [worker] = await Promise.race([started, answer.then(() => [])]);
      if (!(worker instanceof Worker)) throw new Error(`${name} was not run in a worker.`);
      return { answer, worker };
    } finally {
      for (const variable of Object.keys(variables)) delete process.env[variable];
      Object.assign(process.env, Object.fromEntries(own));
    }
  }

  return {
    named: new Set(listed.flatMap(({ name, schedule }) => (schedule === undefined ? [name] : []))),
    run(variables, write = () => {}) {
      const starting = stopwatch();
      const workers = new Set<Worker>();
      return {
        async call(name, rawUrl, request) {
          const asked = await encoded(new Request(rawUrl, request));
          const begun = turn.then(() => begin(name, asked, variables));
          turn = begun.catch(() => {});
          const { answer, worker } = await starting.during(begun);
          workers.add(worker);
          worker.once("exit", () => workers.delete(worker));
          for (const stream of [worker.stdout, worker.stderr]) {
            // The handler's user would read it on the terminal.
            stream.unpipe();
            stream.setEncoding("utf8").on("data", write).resume();
          }
          const idleMs = () => worker.performance.eventLoopUtilization().idle;
          await starting.during(Promise.race([answer, loaded(idleMs)]), idleMs);
          return answer;
        },
        startingMs: starting.ms,
        async close() {
          await Promise.all([...workers].map((worker) => worker.terminate()));
        },
      };
    },
    close: () => rm(destPath, { recursive: true, force: true }),
  };
}

/**
 * The handler tells functions that a body of most content types is in base64, as Netlify does, but hands it on
 * as it came; so it is given in base64.
 */
async function encoded(request: Request): Promise<Request> {
  const { method, body, headers } = request;
  if (body === null || !shouldBase64Encode(headers.get("content-type") ?? "")) return request;
  const text = Buffer.from(await request.arrayBuffer()).toString("base64");
  // As bytes, for a text would bring a content type of its own.
  return new Request(request.url, { method, headers, body: Buffer.from(text) });
}

/** Waits until a worker has been idle, as it is when it waits for DatoCMS. */
async function loaded(idleMs: () => number): Promise<void> {
  while (idleMs() < LOADED_IDLE_MS) await delay(LOOK_MS);
}
