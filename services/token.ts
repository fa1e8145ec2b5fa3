import { isPlaceholder, TOKEN_VARIABLES, type Variables, variable } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";

/**
 * Finds the project's API token: the explicit one, else the preferred variable, else the legacy one. Blank
 * ones and templates' texts count as not set.
 *
 * @param variables the host's environment variables
 * @param explicit a token handed over by the caller
 * @throws ServiceError 500 `MISSING_API_TOKEN`
 */
export function resolveApiToken(variables: Variables, explicit?: string): string {
  const candidates = [explicit?.trim(), ...TOKEN_VARIABLES.map((name) => variable(variables, name))];
  const token = candidates.find((value) => value !== undefined && value !== "" && !isPlaceholder(value));
  if (token !== undefined) return token;
  throw new ServiceError(
    "MISSING_API_TOKEN",
    500,
    `Missing API token. Configure ${TOKEN_VARIABLES[0]} with a token that may manage environments, then redeploy.`,
  );
}
