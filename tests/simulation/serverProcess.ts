import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";

const SERVER = fileURLToPath(new URL("../../node/server.ts", import.meta.url));
const ListeningLine = z.object({ event: z.literal("listening"), url: z.url() });

/** The self-hosted server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** The server, or the shell that has started it. */
  readonly child: ChildProcessByStdio<null, Readable, null>;
  /** The code with which it ended, null after a signal; resolves when nobody holds its output any more. */
  readonly gone: Promise<number | null>;
  post(path: string): Promise<{ status: number; body: unknown }>;
  /** Ends it as the kernel does, without a word; resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts `npm start` on a free port, without its cron, and waits until it listens.
 *
 * @param inShell whether a shell stands between, as under npm
 * @param main the server's file, where it is not the one that users start
 */
export async function startServer(
  variables: Readonly<Record<string, string>>,
  { inShell = false, main = SERVER } = {},
): Promise<ServerProcess> {
  // In a directory of its own, so that no `.env` is read.
  const directory = await mkdtemp(join(tmpdir(), "killed-"));
  // What follows the server keeps the shell from becoming the server.
  const [command, ...args] = inShell
    ? ["/bin/sh", "-c", '"$0" "$1" "$2"; exit $?', process.execPath, RUNNER, main]
    : [process.execPath, RUNNER, main];
  const child = spawn(command ?? "", args, {
    cwd: directory,
    env: { ...bareVariables(), PORT: "0", BACKUP_CRON: "off", ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "close").then(([code]) => z.number().nullable().parse(code));
  let origin: string | undefined;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    origin = ListeningLine.safeParse(JSON.parse(line)).data?.url.replace("localhost", "127.0.0.1");
    if (origin !== undefined) break;
  }
  if (origin === undefined) throw new Error("The server ended before it listened.");
  child.stdout.resume();
  return {
    port: Number(new URL(origin).port),
    child,
    gone,
    async post(path) {
      const secret = variables.DATOCMS_BACKUPS_SHARED_SECRET;
      const headers = secret === undefined ? {} : { "X-Datocms-Backups-Auth": secret };
      const response = await fetch(`${origin}${path}`, { method: "POST", headers });
      return { status: response.status, body: await response.json() };
    },
    async kill() {
      child.kill("SIGKILL");
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
