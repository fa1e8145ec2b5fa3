import { loadCommands, NAMES } from "../../cli/commands.ts";
import { main } from "../../cli/program.ts";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import type { Clock } from "../../utils/clock.ts";
import { openWorld, TOKEN, type World } from "../simulation/support.ts";

export interface Ran {
  readonly exit: number;
  readonly out: string;
  /** What it wrote that is no text; absent where it wrote none. */
  readonly bytes?: Buffer;
  readonly err: string;
}

export interface CallOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The usual file of settings; there is none where it is absent. */
  readonly settingsFile?: string;
  /** Somebody watches on a terminal with colours. */
  readonly isTerminal?: boolean;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  /** Ctrl-C is pressed so many ms after the start. */
  readonly interruptAfterMs?: number;
  /** What somebody at the terminal types where a command asks; absent where nobody is there. */
  readonly types?: string;
}

export interface Terminal {
  readonly world: World;
  /** Runs a command line on the world's time. */
  run(line: string, options?: CallOptions): Promise<Ran>;
  /** Runs it with `--json`, and reads the one document that it prints. */
  json(line: string, options?: CallOptions): Promise<{ exit: number; document: unknown; err: string }>;
}

/** A project, and somebody at a terminal with its token in the environment. */
export async function openTerminal(options: Partial<ProjectOptions> = {}): Promise<Terminal> {
  const world = await openWorld(options);
  // The virtual clock cannot see that a file is read.
  await loadCommands(NAMES);
  const run: Terminal["run"] = async (line, callOptions = {}) => {
    const { environment, isTerminal = false, interruptAfterMs, types } = callOptions;
    const written = { out: "", err: "" };
    const bytes: Buffer[] = [];
    const outputTo = (stream: "out" | "err") => ({
      write(text: string) {
        written[stream] += text;
      },
      isTerminal,
      columns: isTerminal ? 80 : undefined,
      hasColors: isTerminal,
    });
    const interruption = new AbortController();
    const exit = await world.clock.run(async () => {
      if (interruptAfterMs !== undefined)
        void world.clock.sleep(interruptAfterMs).then(() => interruption.abort());
      return main(line.split(" ").filter(Boolean), {
        environment: { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, ...environment },
        settingsFile: callOptions.settingsFile ?? "/nowhere/.env",
        out: outputTo("out"),
        outBytes: async (piece) => {
          bytes.push(Buffer.from(piece));
        },
        err: outputTo("err"),
        ask:
          types === undefined
            ? undefined
            : async (question) => {
                written.err += question;
                return types;
              },
        clock: callOptions.clock ?? world.clock,
        fetch: callOptions.fetch ?? world.emulator.fetch,
        interruption: () => interruption.signal,
      });
    });
    return { exit, ...written, ...(bytes.length > 0 && { bytes: Buffer.concat(bytes) }) };
  };
  return {
    world,
    run,
    async json(line, callOptions) {
      const { exit, out, err } = await run(`${line} --json`, callOptions);
      return { exit, document: JSON.parse(out), err };
    },
  };
}

/** The lines that are longer than a terminal is wide. */
export function tooWide(text: string): string[] {
  return text.split("\n").filter((line) => line.length > 80);
}

/** A text whose lines were broken where they had to, as it reads. */
export function unwrapped(text: string): string {
  return text.replace(/\n */g, " ").trim();
}

/** What a command asked of DatoCMS beside reading. */
export function writesTo({ emulator }: World): string[] {
  return emulator.requests
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}
