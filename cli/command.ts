import type * as z from "zod/mini";
import type { Io } from "./io.ts";
import type { Progress } from "./progress.ts";
import type { FoundSettings } from "./settings.ts";

/** What came of a command. */
export interface Answer {
  /** 0 done; 1 refused or in part; 2 wrong settings; 130 interrupted. */
  readonly exit: 0 | 1 | 2 | 130;
  /** What `--json` prints. `ok` is true where the exit status is 0. */
  readonly document: Readonly<Record<string, unknown>> & { readonly ok: boolean };
  /** What people read. */
  readonly text: string;
}

/** What a command works with. */
export interface Cli {
  readonly io: Io;
  /** Characters of a line. */
  readonly width: number;
  readonly progress: Progress;
  /**
   * The settings: those of the environment, and behind them those of the file.
   *
   * @throws CommandError 2 `INVALID_SETTINGS_FILE`
   */
  settings(): FoundSettings;
}

interface Flag {
  /** As commander reads it: `--since <date>`. */
  readonly flags: string;
  readonly help: string;
}

/** A command line, and what it is good for. */
type Example = readonly [line: string, purpose: string];

interface Definition<Options> {
  /** The words that call it: `alerts test`. */
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What else its help says. */
  readonly description?: string;
  /** As commander reads it: `[kinds...]`. */
  readonly argument?: { readonly name: string; readonly help: string };
  readonly flags?: readonly Flag[];
  /** Two lines behind the program's name. */
  readonly examples: readonly [Example, Example];
  /** Reads the values of the flags. */
  readonly options: z.ZodMiniType<Options>;
  /** It takes Ctrl-C itself; others end by it at once. */
  readonly endsItself?: true;
  /**
   * Does it.
   *
   * @returns never where the process ends by what it does
   * @throws CommandError
   */
  run(cli: Cli, options: Options, words: readonly string[]): Promise<Answer>;
}

/** A command as the program calls it; `options` are commander's. */
export type Command = Omit<Definition<unknown>, "options" | "run"> & {
  run(cli: Cli, options: unknown, words: readonly string[]): Promise<Answer>;
};

/** Makes a command of its definition: what the flags hold meets its schema here. */
export function defineCommand<Options>({ options, run, ...rest }: Definition<Options>): Command {
  return { ...rest, run: (cli, given, words) => run(cli, options.parse(given), words) };
}
