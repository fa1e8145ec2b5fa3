import { existsSync } from "node:fs";
import { readEnvFile } from "../node/envFile.ts";
import type { Variables } from "../utils/variables.ts";
import { CommandError } from "./errors.ts";
import type { Io } from "./io.ts";

/** The settings that a command found, and where each stands. */
export interface FoundSettings {
  readonly variables: Variables;
  /** Where a variable stands: `environment`, or the name of the file. */
  originOf(name: string): string;
}

/**
 * Reads the settings of the environment, and behind them those of the usual file. A file that somebody names comes
 * before the environment: whoever names another project's must not reach this one's.
 *
 * @param named that file, which must be there
 * @throws CommandError 2 `INVALID_SETTINGS_FILE`
 */
export function readSettings(
  { environment, settingsFile }: Pick<Io, "environment" | "settingsFile">,
  named?: string,
): FoundSettings {
  if (named !== undefined && !existsSync(named)) throw unreadable(`There is no file ${named}.`);
  const file = named ?? settingsFile;
  const inFile = readOrRefuse(file);
  const [first, second] = named === undefined ? [environment, inFile] : [inFile, environment];
  return {
    variables: { ...second, ...first },
    originOf: (name) => (name in first === (first === environment) ? "environment" : file),
  };
}

function readOrRefuse(path: string): Variables {
  try {
    return readEnvFile(path);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : `${path} cannot be read.`);
  }
}

function unreadable(sentence: string): CommandError {
  return new CommandError(2, "INVALID_SETTINGS_FILE", sentence);
}
