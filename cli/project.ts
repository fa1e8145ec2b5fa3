import { type BackupService, createBackupService, projectFrom } from "../services/backupService.ts";
import type { Stop } from "../utils/clock.ts";
import type { Failure, Result } from "../utils/failures.ts";
import { silentLogger } from "../utils/logger.ts";
import { nodeRuntime, type Runtime } from "../utils/platformAdapters.ts";
import type { Refusal } from "../utils/refusals.ts";
import type { Cli } from "./command.ts";
import { CommandError } from "./errors.ts";
import { withoutRedeploy } from "./words.ts";

/** What a command asks of the service beside its verb. */
interface Wishes {
  /** Ms until its answer must be there. */
  readonly budgetMs: number;
  /** DatoCMS calls; as many as a request may make where it is absent. */
  readonly maxCalls?: number;
  readonly stop?: Stop;
  readonly onProgress?: (environmentId: string, percentage: number | undefined) => void;
}

/** The runtime of a command: that of a process of one's own, which shares nothing and logs nothing. */
export function runtimeOf({ io: { clock, fetch }, settings }: Cli): Runtime {
  return nodeRuntime({ variables: settings().variables, logger: silentLogger, clock, fetch }, "http");
}

/**
 * The service of the one project of the settings, for one verb.
 *
 * @throws CommandError 2 `MISSING_API_TOKEN` or `INVALID_CONFIGURATION`
 */
export function serviceFor(cli: Cli, { budgetMs, ...wishes }: Wishes): BackupService {
  const runtime = runtimeOf(cli);
  const deadline = cli.io.clock.monotonic() + budgetMs;
  return createBackupService({ ...runtime, ...wishes, deadline }, orRefuse(projectFrom(runtime.variables)));
}

/**
 * What a verb, or the reading of settings, has returned.
 *
 * @throws CommandError 2 where the settings are wrong, 1 for other failures
 */
export function orRefuse<T>(result: Result<T, Failure<string> | Refusal>): T {
  if (result.ok) return result.value;
  throw refusalOf(result.failure);
}

/** Why a command came to nothing. */
export function refusalOf({ cause, sentence, facts }: Failure<string> | Refusal): CommandError {
  return new CommandError(WRONG_SETTINGS.has(cause) ? 2 : 1, cause, withoutRedeploy(sentence), facts);
}

const WRONG_SETTINGS: ReadonlySet<string> = new Set([
  "INVALID_CONFIGURATION",
  "MISSING_API_TOKEN",
  "NO_STORE",
  "STORE_MISCONFIGURED",
  "STORE_NOT_SUPPORTED",
]);
