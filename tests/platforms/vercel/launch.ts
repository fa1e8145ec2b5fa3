import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { bareVariables, RUNNER } from "../../../scripts/runner.ts";
import { send } from "../../contract/send.ts";

const LAUNCHER = fileURLToPath(new URL("launcher.ts", import.meta.url));
/** A launcher that takes longer than this to end has lost track of something. */
const STOP_MS = 5_000;

/** What Vercel sets by itself. */
const OF_VERCEL = { VERCEL: "1", VERCEL_ENV: "production" };

const Launching = z.object({ port: z.number() });

/** Takes what a process writes, as it comes. */
export interface Sink {
  text: string;
}

export interface Launched {
  /** The request's origin is replaced by the launcher's own. */
  call(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** A process with the built functions, and the deployment that has it. */
interface Functions {
  readonly child: ChildProcess;
  readonly port: number;
  readonly exited: Promise<unknown[]>;
  sinks: Sinks;
}

interface Sinks {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/**
 * Runs built functions for one deployment after the other. A process that a deployment has left serves the next one,
 * with its variables: a new one takes a second of the processor.
 */
export class Launcher {
  private readonly all: Functions[] = [];
  private readonly left: Functions[] = [];
  private readonly directory: string;

  /** @param directory of the build */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** @param fresh in a process that has answered nobody yet */
  async launch(variables: Readonly<Record<string, string>>, sinks: Sinks, fresh = false): Promise<Launched> {
    const functions = (fresh ? undefined : this.left.pop()) ?? (await this.start(sinks));
    functions.sinks = sinks;
    functions.child.send({ ...OF_VERCEL, ...variables });
    await once(functions.child, "message");
    return {
      async call(request) {
        const { pathname, search } = new URL(request.url);
        return send(request, `http://127.0.0.1:${functions.port}${pathname}${search}`);
      },
      close: async () => {
        this.left.push(functions);
      },
    };
  }

  /** Ends all processes; an error when one did not end cleanly or had something to complain of. */
  async close(): Promise<void> {
    await Promise.all(this.all.splice(0).map(end));
  }

  private async start(sinks: Sinks): Promise<Functions> {
    const child = spawn(process.execPath, [RUNNER, LAUNCHER, this.directory], {
      env: bareVariables(),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const exited = once(child, "exit");
    const written: Functions = { child, port: 0, exited, sinks };
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        written.sinks[name].text += text;
      });
    const functions = Object.assign(written, { port: await portOf(child, sinks) });
    this.all.push(functions);
    return functions;
  }
}

async function end({ child, exited, sinks }: Functions): Promise<void> {
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  const [code, signal] = await exited;
  clearTimeout(kill);
  if (code !== 0 || sinks.stderr.text !== "")
    throw new Error(`The functions did not end cleanly (${code ?? signal}): ${sinks.stderr.text}`);
}

/** Waits until the process says where it listens. */
async function portOf(child: ChildProcess, { stdout, stderr }: Sinks): Promise<number> {
  const gone = once(child, "close").then(([code]) => {
    throw new Error(`The launcher ended (${code}): ${stdout.text}${stderr.text}`);
  });
  const [message]: unknown[] = await Promise.race([once(child, "message"), gone]);
  return Launching.parse(message).port;
}
