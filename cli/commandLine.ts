import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";

/** One option of a command: how it is read, and its line in the help. */
export interface Option extends ParseArgsOptionDescriptor {
  /** Stands for the value in the help: `<n>`; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

const HELP = "--help";

type Options = Readonly<Record<string, Option>>;
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>;

/** A command of `package.json`, described once: its help is made of this, and its line is read by it. */
export interface Command<T extends Options = Options> {
  /** What people type: `npm run demo`. */
  readonly call: string;
  /** What it does, in whole lines. */
  readonly purpose: string;
  readonly options: T;
  /** The one argument beside the options, where there may be one. */
  readonly argument?: { readonly value: string; readonly help: string };
  /** Variables and exit codes, in whole lines. */
  readonly notes: string;
}

/** The command line is wrong; its message says why. */
export class UsageError extends Error {}

/**
 * Reads the process's own arguments. The process ends here after `--help`, and with one line and exit code 2 where
 * an argument is unknown or wrong.
 *
 * @param check makes of the values what the command needs
 * @throws whatever else than a `UsageError` `check` throws
 */
export function readCommandLine<const T extends Options, R>(
  command: Command<T>,
  check: (values: Parsed<T>["values"], argument: string | undefined) => R,
): R {
  try {
    const given = process.argv.slice(2);
    const { values, positionals } = parseArgs({
      args: given.filter((argument) => argument !== HELP),
      options: command.options,
      allowPositionals: true,
    });
    const surplus = positionals[command.argument === undefined ? 0 : 1];
    if (surplus !== undefined) throw new UsageError(`Unexpected argument '${surplus}'`);
    if (given.includes(HELP)) {
      process.stdout.write(helpOf(command));
      process.exit(0);
    }
    return check(values, positionals[0]);
  } catch (error) {
    if (!isUsageError(error)) throw error;
    // Node's own advice on arguments that begin with a dash is left out.
    const [sentence = ""] = error.message.split(/\. |\n/);
    process.stderr.write(`${sentence.replace(/\.$/, "")}. See: ${command.call} -- --help\n`);
    process.exit(2);
  }
}

/**
 * @param option its name, for the refusal
 * @throws UsageError when it is none
 */
export function wholeNumber(option: string, text: string, { from = 0, to = Number.MAX_SAFE_INTEGER } = {}) {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= from && number <= to) return number;
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from}` : `from ${from} to ${to}`;
  throw new UsageError(`--${option} must be a whole number ${range}, not '${text}'`);
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}

function helpOf({ call, purpose, options, argument, notes }: Command): string {
  const rows = [
    ...(argument === undefined ? [] : [[argument.value, argument.help]]),
    ...Object.entries(options).map(([name, { value, help }]) => [
      `--${name}${value === undefined ? "" : ` ${value}`}`,
      help,
    ]),
    [HELP, "this text"],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const lines = rows.map(([name = "", help]) => `  ${name.padEnd(width)}  ${help}`);
  const usage = `Usage: ${call} -- [options]${argument === undefined ? "" : ` [${argument.value}]`}`;
  return `${purpose}\n\n${usage}\n\n${lines.join("\n")}\n\n${notes}\n`;
}
