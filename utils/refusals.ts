import { type Failure, failure } from "./failures.ts";
import { refused } from "./variables.ts";

/** What the service refuses by itself, or its settings do not let it do: an answer has these as its code. */
export type RefusalCause =
  | "BACKUP_IN_USE"
  | "CADENCE_NOT_ENABLED"
  | "ENVIRONMENT_IS_PRIMARY"
  | "ENVIRONMENT_NOT_FOUND"
  | "ENVIRONMENT_NOT_READY"
  | "ENVIRONMENT_REPLACED"
  | "INVALID_CONFIGURATION"
  | "INVALID_NAME"
  | "LAST_BACKUP"
  | "MISSING_API_TOKEN"
  | "MISSING_CRON_SECRET"
  | "MISSING_SHARED_SECRET_CONFIG"
  | "NAME_TAKEN"
  | "NOT_A_BACKUP"
  | "PLUGIN_NOT_FOUND"
  | "UNAUTHORIZED";

export type Refusal = Failure<RefusalCause>;

/**
 * The failure of every call that rests on a wrong setting.
 *
 * @param is what the setting is, to follow its name in a sentence
 * @param expected what it may be
 * @param others that are wrong as well
 */
export function invalidSetting(
  name: string,
  is: string | undefined,
  expected: string,
  others: readonly string[] = [],
): Refusal {
  return failure("INVALID_CONFIGURATION", `${refused(name, is, expected)}.`, "Correct it and redeploy.", {
    variable: name,
    expected,
    ...(others.length > 0 && { alsoInvalid: others }),
  });
}

/** @param variable the one that is to hold the token */
export function missingToken(variable: string): Refusal {
  return failure(
    "MISSING_API_TOKEN",
    "Missing API token.",
    `Configure ${variable} with a token that may manage environments, then redeploy.`,
  );
}

export const MISSING_CRON_SECRET = failure(
  "MISSING_CRON_SECRET",
  "Vercel's cron cannot authenticate;",
  "add CRON_SECRET with the same value and redeploy",
  { variable: "CRON_SECRET" },
);

/**
 * A secret that is set and can be none: nobody gets in.
 *
 * @param why it is none, to follow the variable's name in a sentence
 * @param length of a good one, in characters
 */
export function unusableSecret(variable: string, why: string, length: number): Refusal {
  return failure(
    "MISSING_SHARED_SECRET_CONFIG",
    `${variable} ${why}.`,
    `Set it to a random secret of at least ${length} characters, redeploy, and save the same secret in the plugin.`,
    { variable },
  );
}

export const UNAUTHORIZED = failure(
  "UNAUTHORIZED",
  "The shared secret is missing or wrong.",
  "Send it as X-Datocms-Backups-Auth, or as Authorization: Bearer.",
);

export const PLUGIN_NOT_FOUND = failure(
  "PLUGIN_NOT_FOUND",
  "The Automatic Environment Backups plugin is not installed in the primary environment.",
  "There is nothing to disconnect.",
);

export function cadenceNotEnabled(cadence: string, enabledCadences: readonly string[]): Refusal {
  return failure(
    "CADENCE_NOT_ENABLED",
    `The schedule makes no ${cadence} backups, and without a shared secret only scheduled ones can be asked for.`,
    `Enable ${cadence} in the plugin, or set DATOCMS_BACKUPS_SHARED_SECRET.`,
    { cadence, enabledCadences },
  );
}

/** @param copies ids that could have been named */
export function environmentNotFound(environmentId: string, copies: readonly string[]): Refusal {
  return failure(
    "ENVIRONMENT_NOT_FOUND",
    `There is no environment ${environmentId}.`,
    copies.length === 0 ? "There is no backup of this service's." : `Backups are: ${copies.join(", ")}.`,
    { environmentId, copies },
  );
}

export function environmentIsPrimary(environmentId: string): Refusal {
  return failure(
    "ENVIRONMENT_IS_PRIMARY",
    `${environmentId} is the primary environment already.`,
    "Name the one that is to take its place.",
    { environmentId },
  );
}

export function environmentNotReady(environmentId: string, status: string): Refusal {
  return failure(
    "ENVIRONMENT_NOT_READY",
    `${environmentId} is ${status}.`,
    "Only an environment that is ready can be promoted.",
    { environmentId, status },
  );
}
