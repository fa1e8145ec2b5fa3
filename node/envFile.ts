import { lstatSync, readFileSync } from "node:fs";
import { SETTING_NAMES } from "../utils/settings/table.ts";
import { UnclearVariable, type Variables } from "../utils/variables.ts";

/** `NAME=value`; shells know `export` before it, and Node takes spaces around the `=`. */
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/;
const WORDS = /[A-Za-z_]\w*/g;

/** The variables of this process: those of `.env`, and before them those of the environment. */
export function processVariables(): Variables {
  return { ...readEnvFile(".env"), ...process.env };
}

/**
 * Reads a file of variables, line by line as Docker's `--env-file` does: values come whole, and quotes and
 * comments are taken off where variables are read. Node's own reader would cut a secret at any `#`, and dotenv's
 * too. A line that holds a setting's name and is no assignment makes that setting unclear: an owner who meant
 * to set a secret must not get a service without one.
 *
 * @returns nothing where there is no such file
 * @throws Error with a sentence for the terminal when the file cannot be read as a whole
 */
export function readEnvFile(path: string): Variables {
  const text = textOf(path);
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(/\r?\n/).flatMap((line, index): [string, unknown][] => {
      const [, name, value] = ASSIGNMENT.exec(line) ?? [];
      if (name !== undefined) return [[name, value]];
      if (/^\s*(?:#|$)/.test(line)) return [];
      const unclear = new UnclearVariable(`stands in line ${index + 1} of ${path}, which is not NAME=value`);
      const names = line.match(WORDS)?.filter((word) => SETTING_NAMES.includes(word)) ?? [];
      return names.map((each) => [each, unclear]);
    }),
  );
}

function textOf(path: string): string | undefined {
  const bytes = bytesOf(path);
  if (bytes === undefined) return undefined;
  // Text has no NUL; in UTF-16 every other byte of ASCII is one.
  if (/^(?:fffe|feff)/.test(bytes.subarray(0, 2).toString("hex")) || bytes.includes(0))
    throw new Error(`${path} is not UTF-8 but UTF-16 or no text at all. Save it as UTF-8.`);
  let text: string;
  try {
    // Takes off the byte order mark.
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${path} is not UTF-8. Save it as UTF-8.`);
  }
  const alone = /\r(?!\n)/.exec(text);
  if (alone !== null) {
    const line = text.slice(0, alone.index).split("\n").length;
    throw new Error(
      `${path} has line ends that are neither Unix's nor Windows' (a CR alone), the first in line ${line}. Save it with those of one of them.`,
    );
  }
  return text;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    // A link that leads nowhere is there: its owner means to have settings.
    return lstatSync(path, { throwIfNoEntry: false }) && readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Error(
      code === "EISDIR"
        ? `${path} is a folder. Put the settings into a file of that name.`
        : `${path} cannot be read (${code}). Make it readable, or take it away.`,
    );
  }
}
