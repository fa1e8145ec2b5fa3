import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";

/** A file of the repository, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

export type Demo = {
  readonly url: string;
  readonly secret: string;
  readonly adminSecret: string;
  /** All that it has printed up to now. */
  output(): string;
  /** Presses Ctrl-C and waits for the end. */
  interrupt(): Promise<{ code: number | null }>;
};

/** Starts the demo and waits until it has told its story and serves. */
export async function startDemo(...flags: string[]): Promise<Demo> {
  const { child, output } = run(["--port", "0", ...flags]);
  const ended = once(child, "exit");
  const [, url = "", secret = "", adminSecret = ""] = await new Promise<RegExpExecArray>(
    (resolve, reject) => {
      const look = () => {
        const line = /^export URL=(\S+) SECRET=(\S+)\nexport ADMIN=(\S+)$/m.exec(output());
        if (line !== null) resolve(line);
      };
      child.stdout?.on("data", look);
      child.once("exit", (code) => reject(new Error(`The demo ended with ${code}:\n${output()}`)));
    },
  );
  return {
    url,
    secret,
    adminSecret,
    output,
    async interrupt() {
      if (child.exitCode === null) child.kill("SIGINT");
      await ended;
      return { code: child.exitCode };
    },
  };
}

/** Runs the demo to its end. */
export async function demo(...flags: string[]): Promise<{ code: number | null; output: string }> {
  const { child, output } = run(flags);
  await once(child, "close");
  return { code: child.exitCode, output: output() };
}

function run(flags: string[]): { child: ChildProcess; output: () => string } {
  const root = new URL("../../", import.meta.url);
  const child = spawn(process.execPath, [RUNNER, "node/demo.ts", ...flags], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    // None of the variables that the service reads: the demo must need nothing.
    env: bareVariables(),
  });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, output: () => text };
}
