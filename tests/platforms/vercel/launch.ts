import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { bareVariables, RUNNER } from "../../../scripts/runner.ts";
import { send } from "../../contract/send.ts";

const LAUNCHER = fileURLToPath(new URL("launcher.ts", import.meta.url));
/** A launcher that takes longer than this to end has lost track of something. */
const STOP_MS = 5_000;

const LaunchedLine = z.object({ event: z.literal("launched"), port: z.number() });

/** Takes what a process writes, as it comes. */
export interface Sink {
  text: string;
}

export interface Launched {
  /** The request's origin is replaced by the launcher's own. */
  call(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Runs built functions in a process that has these variables and no others.
 *
 * @param directory of the build
 */
export async function launch(
  directory: string,
  variables: Readonly<Record<string, string>>,
  stdout: Sink = { text: "" },
  stderr: Sink = { text: "" },
): Promise<Launched> {
  const child = spawn(process.execPath, [RUNNER, LAUNCHER, directory], {
    env: { ...bareVariables(), VERCEL: "1", VERCEL_ENV: "production", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout.text += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr.text += text;
  });
  const exited = once(child, "exit");
  const port = await portOf(child, stdout, stderr);
  return {
    async call(request) {
      const { pathname, search } = new URL(request.url);
      return send(request, `http://127.0.0.1:${port}${pathname}${search}`);
    },
    async close() {
      const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      child.kill("SIGTERM");
      const [code] = await exited;
      clearTimeout(kill);
      if (code !== 0 || stderr.text !== "")
        throw new Error(`The functions did not end cleanly (${code}): ${stderr.text}`);
    },
  };
}

function portOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
  stdout: Sink,
  stderr: Sink,
): Promise<number> {
  return new Promise((resolve, reject) => {
    child.stdout.on("data", () => {
      const [line, ...others] = stdout.text.split("\n");
      if (others.length > 0) resolve(LaunchedLine.parse(JSON.parse(line ?? "")).port);
    });
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`The launcher ended (${code}): ${stdout.text}${stderr.text}`)),
    );
  });
}
