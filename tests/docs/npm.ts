import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach } from "vitest";

/** What a command started, as the leader of a group of processes, which is what a terminal makes of it. */
export interface Started {
  readonly pid: number;
  /** What `until` found in its output. */
  readonly found: RegExpExecArray;
  /** All that it has printed up to now. */
  output(): string;
  /** Its exit code, once nothing that it started runs any more. */
  readonly ended: Promise<number | null>;
}

const groups: number[] = [];
afterEach(() => {
  for (const pid of groups.splice(0))
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // All of it has ended.
    }
});

/** The line of the log in which the server says its port. */
export const LISTENING = /"event":"listening","url":"http:\/\/localhost:(\d+)"/;

/**
 * Starts a shell's command and waits until it has printed something. Whatever still runs at the end of the test is killed.
 *
 * @param env all the variables that it gets
 * @throws when the command ends before
 */
export async function startCommand(
  command: string,
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly until: RegExp;
  },
): Promise<Started> {
  const { cwd, env, until } = options;
  const child = spawn("bash", ["-c", `exec ${command}`], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started.`);
  groups.push(pid);
  let text = "";
  // The streams close when the last process that has them has ended: npm, the server, and any shell between.
  const ended = once(child, "close").then(() => child.exitCode);
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      text += chunk.toString();
      const match = until.exec(text);
      if (match !== null) resolve(match);
    };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
    void ended.then((code) => reject(new Error(`${command} ended with ${code}:\n${text}`)));
  });
  return { pid, found, output: () => text, ended };
}
