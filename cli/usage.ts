import type { CommanderError } from "commander";
import { capitalised } from "../utils/words.ts";
import { type CommandError, usageError } from "./errors.ts";

const SUGGESTION = /\n?\(Did you mean (one of )?(.+)\?\)$/;

/** The program's name, as people type it where it is installed. */
export const PROGRAM = "datocms-backups";

/** What commander says of a wrong line, as a sentence: `Unknown command 'stauts'. Did you mean 'status'?` */
export function usageErrorOf({ message }: CommanderError): CommandError {
  const said = message.replace(/^error: /, "");
  const [, several, words] = SUGGESTION.exec(said) ?? [];
  const problem = said.replace(SUGGESTION, "").replace(/\.$/, "");
  const question = words === undefined ? `See: ${PROGRAM} --help` : meant(words.split(", "), several);
  return usageError(`${capitalised(problem)}. ${question}`);
}

function meant(words: readonly string[], several: string | undefined): string {
  const quoted = words.map((word) => `'${word}'`).join(", ");
  return `Did you mean ${several ?? ""}${quoted}?`;
}
