import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const started = new Set<ChildProcess>();

/** Remembers a process until it has ended, so that none is left behind. */
export function track(child: ChildProcess): void {
  started.add(child);
  child.once("exit", () => started.delete(child));
}

/** Ends every process that still runs, with what it started itself where it leads a group. */
export function endAll(): void {
  for (const child of started) {
    try {
      if (child.pid !== undefined && leadsGroup.has(child)) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}

const leadsGroup = new WeakSet<ChildProcess>();

interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** For one that starts processes of its own: a group can be ended as one. A terminal does not interrupt it. */
  readonly asGroup?: boolean;
}

/**
 * Runs a command to its end.
 *
 * @returns its standard output
 * @throws Error with all that it said, when it fails
 */
export async function command(
  file: string,
  args: readonly string[],
  { cwd, env, asGroup = false }: CommandOptions,
): Promise<string> {
  const child = spawn(file, args, {
    cwd,
    env: env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: asGroup,
  });
  if (asGroup) leadsGroup.add(child);
  track(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  if (code === 0) return stdout;
  // Minified sources stand in some stack traces.
  const said = `${stdout}${stderr}`
    .split("\n")
    .map((line) => line.slice(0, 300))
    .join("\n");
  throw new Error(`"${[file, ...args].join(" ")}" failed (${code}):\n${said.slice(-3_000)}`);
}
