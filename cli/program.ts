import { type Command as Commander, CommanderError, Command as Program } from "commander";
import * as z from "zod/mini";
import { VERSION } from "../utils/version.ts";
import { capitalised } from "../utils/words.ts";
import type { Answer, Cli, Command } from "./command.ts";
import { GROUPS, loadCommands, NAMES, namesIn } from "./commands.ts";
import { CommandError } from "./errors.ts";
import type { Io } from "./io.ts";
import { WIDEST, WIDTH } from "./layout.ts";
import { printAnswer, printError, type Wishes } from "./print.ts";
import { createProgress } from "./progress.ts";
import { type FoundSettings, readSettings } from "./settings.ts";
import { PROGRAM, usageErrorOf } from "./usage.ts";

const Globals = z.object({
  json: z.optional(z.boolean()),
  quiet: z.optional(z.boolean()),
  color: z.optional(z.boolean()),
  envFile: z.optional(z.string()),
});

/** One call of the program. */
interface Call {
  readonly io: Io;
  readonly line: readonly string[];
  exit: number;
  settings: FoundSettings | undefined;
  /** The help that commander would have written to standard error. */
  help: string;
}

/**
 * Runs one command line.
 *
 * @param line the words behind the program's name
 * @returns the exit status: 0 done; 1 refused or in part; 2 wrong usage or settings; 130 interrupted
 */
export function main(line: readonly string[], io: Io): Promise<number> {
  return runLine(line, io, namesIn(line));
}

/** @param names of the commands that the program has for it */
async function runLine(line: readonly string[], io: Io, names: readonly string[]): Promise<number> {
  const call: Call = { io, line, exit: 0, settings: undefined, help: "" };
  const program = programFor(call);
  for (const command of await loadCommands(names)) add(command, program, call);
  try {
    await program.parseAsync(line, { from: "user" });
    return call.exit;
  } catch (error) {
    // What there is in the place of a wrong word, all of them know together. Nothing was done yet.
    if (names !== NAMES && error instanceof CommanderError && error.exitCode !== 0)
      return runLine(line, io, NAMES);
    return endOf(error, call, program.opts());
  }
}

function programFor(call: Call): Commander {
  const { out } = call.io;
  return new Program(PROGRAM)
    .description("Backups of a DatoCMS project. Settings come from the environment and from a file .env.")
    .version(VERSION, "-V, --version", "the version")
    .option("--json", "one JSON document on standard output")
    .option("--quiet", "no progress on standard error")
    .option("--no-color", "no colours; NO_COLOR does the same")
    .option("--env-file <file>", "settings of this file, before those of the environment")
    .helpOption("-h, --help", "this text")
    .helpCommand("help [command]", "what a command does")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: out.write,
      writeErr: (text) => {
        call.help += text;
      },
      // What is wrong with a line is said in our own words.
      outputError: () => {},
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit status: 0 done; 1 refused or in part; 2 wrong usage or settings;\n130 interrupted.",
    );
}

/** Adds a command, and the group that its name begins with. */
function add(command: Command, program: Commander, call: Call): void {
  const { name, summary, description = `${capitalised(summary)}.`, argument, flags = [] } = command;
  const [last = "", group] = name.split(" ").reverse();
  const added = (group === undefined ? program : groupOf(program, group)).command(last);
  added.summary(summary).description(description).addHelpText("after", examplesOf(command));
  if (argument) added.argument(argument.name, argument.help);
  for (const { flags: each, help } of flags) added.option(each, help);
  added.action(async () => {
    call.exit = await run(command, added, call);
  });
}

function groupOf(program: Commander, name: string): Commander {
  const present = program.commands.find((each) => each.name() === name);
  const summary = GROUPS[name] ?? "";
  return (
    present ??
    program
      .command(name)
      .summary(summary)
      .description(`${capitalised(summary)}.`)
  );
}

function examplesOf({ examples }: Command): string {
  const size = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${PROGRAM} ${line.padEnd(size)}  ${purpose}`);
  return `\nExamples:\n${lines.join("\n")}`;
}

async function run(command: Command, added: Commander, call: Call): Promise<number> {
  const { io } = call;
  const options: unknown = added.optsWithGlobals();
  const { quiet = false, envFile } = Globals.parse(options);
  const cli: Cli = {
    io,
    width: Math.min(io.out.columns || WIDTH, WIDEST),
    progress: createProgress(io, quiet),
    settings() {
      call.settings ??= readSettings(io, envFile);
      return call.settings;
    },
  };
  const work = command.run(cli, options, added.args);
  const answer = command.endsItself ? await work : await orInterrupted(work, io.interruption());
  printAnswer(answer, wishesOf(options, call), io, variablesOf(call));
  return answer.exit;
}

/** Nobody waits for a command that only looks: it ends as shells say it. */
function orInterrupted(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const interrupt = () => reject(new CommandError(130, "INTERRUPTED", "Interrupted."));
    signal.addEventListener("abort", interrupt, { once: true });
    work.then(resolve, reject);
  });
}

/**
 * Says why a line came to nothing.
 *
 * @param options those that were read before
 * @returns the exit status
 */
function endOf(error: unknown, call: Call, options: unknown): number {
  // The help, or the version, was what was asked for.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const wishes = wishesOf(options, call);
  if (error instanceof CommanderError && error.code === "commander.help" && !wishes.json) {
    call.io.err.write(call.help);
    return 2;
  }
  const refused = refusalOf(error);
  printError(refused, wishes, call.io, variablesOf(call));
  return refused.exit;
}

function refusalOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof CommanderError) return usageErrorOf(error);
  const name = error instanceof Error ? error.name : "unknown";
  const sentence = `Something went wrong inside the command (${name}). Please report it, with what you typed.`;
  return new CommandError(1, "INTERNAL_ERROR", sentence);
}

/** How the end is told: also where a line is refused before its flags were read. */
function wishesOf(options: unknown, { line, io: { environment } }: Call): Wishes {
  const { json = line.includes("--json"), color = true } = Globals.parse(options);
  return { json, hasColors: color && (environment.NO_COLOR ?? "") === "" };
}

function variablesOf({ settings, io: { environment } }: Call) {
  return settings?.variables ?? environment;
}
