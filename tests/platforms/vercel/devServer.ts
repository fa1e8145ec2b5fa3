import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess, ForkOptions } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { glob } from "@vercel/build-utils";
import { vercelProject } from "../../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../../scripts/root.ts";
import { send } from "../../contract/send.ts";
import { stopwatch } from "../stopwatch.ts";
import type { Launched, Sink } from "./launch.ts";

const require = createRequire(import.meta.url);

/** What the service reads of its variables; whoever runs the tests may have some set. */
const OURS = /^(DATOCMS|BACKUP|CRON)_/;
/** A server that takes longer than this to end waits for work that nobody needs any more. */
const STOP_MS = 2_000;

/** Its own declarations leave this out. */
interface Builder {
  startDevServer(options: {
    files: object;
    entrypoint: string;
    workPath: string;
    repoRootPath: string;
    config: object;
    meta: object;
  }): Promise<{ port: number; pid: number; shutdown(): Promise<void> } | null>;
}

/** The module that the builder takes its `fork` from. */
interface Processes {
  fork(file: string, args: readonly string[], options: ForkOptions): ChildProcess;
}

/** What a deployment's servers write, and which they are. */
interface Servers {
  readonly variables: Readonly<Record<string, string>>;
  readonly processes: ChildProcess[];
  readonly stdout: Sink;
  readonly stderr: Sink;
}

export interface DevServer extends Launched {
  /** For how many ms so far somebody waited for a function to start; that is the development server's time. */
  startingMs(): number;
}

const starters = new AsyncLocalStorage<Servers>();
let builder: Builder | undefined;

/**
 * Vercel's builder. Its servers would write to this process's own output and have all of its variables; there is
 * no option to say otherwise.
 */
function builderOnce(): Builder {
  if (builder !== undefined) return builder;
  const processes: Processes = require("node:child_process");
  const { fork } = processes;
  processes.fork = (file, args, options) => {
    const servers = starters.getStore();
    if (servers === undefined) return fork(file, args, options);
    const env = Object.fromEntries(
      Object.entries(options.env ?? {}).filter(([name]) => !OURS.test(name) || name in servers.variables),
    );
    const child = fork(file, args, { ...options, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        servers[name].text += text;
      });
    servers.processes.push(child);
    return child;
  };
  const loaded: Builder = require("@vercel/node");
  builder = loaded;
  return loaded;
}

/**
 * Runs functions as `vercel dev` does: the builder's server, one process for each function that is called.
 *
 * @param workPath of a build, or of its functions in JavaScript; nothing is written there
 */
export async function devServer(
  workPath: string,
  variables: Readonly<Record<string, string>>,
  stdout: Sink = { text: "" },
  stderr: Sink = { text: "" },
): Promise<DevServer> {
  const { startDevServer } = builderOnce();
  const { config, targetOf } = vercelProject(ROOT);
  const files = await glob("{api,vercel}/**", workPath);
  /** The function's file; the settings that vercel.json has for it are those of its source. */
  const fileOf = (source: string) => {
    const compiled = source.replace(/\.ts$/, ".js");
    if (!(compiled in files)) return { entrypoint: source, functions: config.functions };
    const functions = Object.entries(config.functions).map(([pattern, of]) => [
      pattern.replace(/\.ts$/, ".js"),
      of,
    ]);
    return { entrypoint: compiled, functions: Object.fromEntries(functions) };
  };
  const started = new Map<string, ReturnType<Builder["startDevServer"]>>();
  const servers: Servers = { variables, processes: [], stdout, stderr };
  const starting = stopwatch();

  const start = (source: string) => {
    const { entrypoint, functions } = fileOf(source);
    return starters.run(servers, () =>
      startDevServer({
        files,
        entrypoint,
        workPath,
        repoRootPath: workPath,
        config: { zeroConfig: true, framework: null, functions },
        meta: {
          isDev: true,
          devCacheDir: join(workPath, ".vercel", "cache"),
          env: { ...variables },
          buildEnv: {},
        },
      }),
    );
  };

  return {
    startingMs: starting.ms,
    async call(request) {
      const { pathname, search } = new URL(request.url);
      const target = targetOf(pathname);
      if (target?.kind !== "function") throw new Error(`No function answers ${pathname}.`);
      const known = started.get(target.entrypoint) ?? start(target.entrypoint);
      started.set(target.entrypoint, known);
      const server = await starting.during(known);
      if (server === null) throw new Error(`${target.entrypoint} did not start.`);
      // What `vercel dev` adds for the function to see the address that was called.
      request.headers.set("x-forwarded-host", "project-one.test");
      request.headers.set("x-forwarded-proto", "http");
      const address = `http://127.0.0.1:${server.port}${pathname}${search}`;
      return send(await measured(request), address);
    },
    async close() {
      await Promise.allSettled(started.values());
      await Promise.all(servers.processes.map(ended));
    },
  };
}

/** Vercel takes bodies in chunks and hands them on whole; the builder's server, behind that, refuses chunks. */
async function measured(request: Request): Promise<Request> {
  if (request.body === null || request.headers.has("content-length")) return request;
  const body = await request.arrayBuffer();
  const headers = new Headers(request.headers);
  headers.set("content-length", String(body.byteLength));
  return new Request(request.url, { method: request.method, headers, body });
}

/** Asks a server to end as `vercel dev` does, and sees to it that it does. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.send("shutdown");
  await exited;
  clearTimeout(kill);
}
