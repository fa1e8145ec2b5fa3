// npm run soak: plays random histories for as long as it is told, round after round with other seeds, and says how
// often each thing that matters was met.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

/** Both shards of the random histories. */
const TESTS = ["--project=histories-1", "--project=histories-2"];
/** What one round plays; both together. */
const ROUND = 10_000;

const HELP = `Plays random histories against the service until the time or the number is up, or one breaks a rule.

Usage: npm run soak -- [options]

  --minutes <n>     begin no round after so many; 10 where nothing else is given
  --histories <n>   play so many
  --seed <n>        seed of the first round; each round takes two
  --help            this text

Exit code: 0 when every history kept every rule, 1 when one did not, 2 for wrong options.
`;

interface Wanted {
  readonly until: number;
  readonly histories: number;
  readonly seed: number;
}

const wanted = read();
if (wanted !== undefined) await soak(wanted);

function read(): Wanted | undefined {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string" },
      histories: { type: "string" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return undefined;
  }
  const histories = Number(values.histories ?? Number.POSITIVE_INFINITY);
  const minutes = Number(values.minutes ?? (values.histories === undefined ? 10 : Number.POSITIVE_INFINITY));
  const seed = Number(values.seed);
  if (!(histories > 0) || !(minutes > 0) || !Number.isInteger(seed)) {
    process.stderr.write(HELP);
    process.exitCode = 2;
    return undefined;
  }
  return { until: Date.now() + minutes * 60_000, histories, seed };
}

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
