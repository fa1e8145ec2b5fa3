import { spawn } from "node:child_process";
import { readCommandLine, wholeNumber } from "../cli/commandLine.ts";

/** Both shards of the random histories. */
const TESTS = ["--project=histories-1", "--project=histories-2"];
/** What one round plays; both together. */
const ROUND = 10_000;

const COMMAND = {
  call: "npm run soak",
  purpose: `Plays random histories against the service until the time or the number is up, or one breaks a rule, and says how
often each thing that matters was met.`,
  options: {
    minutes: {
      type: "string",
      value: "<n>",
      help: "begin no round after so many; default 10 without --histories",
    },
    histories: { type: "string", value: "<n>", help: "play so many" },
    seed: { type: "string", value: "<n>", help: "seed of the first round; each round takes two" },
  },
  notes: `Reads no variables.
Exit code: 0 when every history kept every rule, 1 when one did not, 2 for wrong options.`,
} as const;

interface Wanted {
  readonly until: number;
  readonly histories: number;
  readonly seed: number;
}

await soak(
  readCommandLine(COMMAND, ({ minutes, histories, seed }): Wanted => {
    const most = (option: string, text: string | undefined) =>
      text === undefined ? Number.POSITIVE_INFINITY : wholeNumber(option, text, { from: 1 });
    return {
      until: Date.now() + most("minutes", minutes ?? (histories === undefined ? "10" : undefined)) * 60_000,
      histories: most("histories", histories),
      seed: wholeNumber("seed", seed ?? String(Date.now() % 2 ** 31)),
    };
  }),
);

async function soak({ until, histories, seed }: Wanted): Promise<void> {
  const met = new Map<string, number>();
  let played = 0;
  for (let round = 0; played < histories && Date.now() < until; round += 1) {
    const count = Math.min(ROUND, histories - played);
    const { text, isWell } = await play(seed + 2 * round, count);
    if (!isWell) {
      process.stdout.write(text);
      process.exitCode = 1;
      return;
    }
    played += count;
    add(met, text);
    process.stdout.write(
      `${played} histories, the last with seed ${seed + 2 * round}: every rule was kept\n`,
    );
  }
  for (const [name, times] of [...met].sort(([, a], [, b]) => a - b))
    process.stdout.write(`${String(times).padStart(10)}  ${name}\n`);
}

/** One round, as a process of its own. */
async function play(seed: number, histories: number): Promise<{ text: string; isWell: boolean }> {
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...TESTS], {
    // How often each thing was met is summed up at the end, and not judged round by round.
    env: {
      ...process.env,
      HISTORY_SEED: String(seed),
      HISTORIES: String(histories),
      HISTORY_LEAST: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => {
      text += part.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { text, isWell: code === 0 };
}

/** Adds up the tables of both shards: lines of a number and what was met so often. */
function add(met: Map<string, number>, text: string): void {
  for (const [, times, name = ""] of text.matchAll(/^ {2,}(\d+) {2}(.+)$/gm))
    met.set(name, (met.get(name) ?? 0) + Number(times));
}
