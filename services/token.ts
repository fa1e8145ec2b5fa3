import { invalidSetting } from "../utils/config.ts";
import { ServiceError } from "../utils/errors.ts";
import { isPlaceholder } from "../utils/placeholder.ts";
import { refusal } from "../utils/settings/read.ts";
import { SETTINGS, TOKEN_VARIABLES } from "../utils/settings/table.ts";
import { type Found, find, type Variables } from "../utils/variables.ts";

/**
 * Finds the project's API token: the explicit one, else the preferred variable, else the legacy one. Blank
 * ones and templates' texts count as not set. A text that can be no token is a wrong setting, and no other is
 * taken in its place: that one may lead to another project.
 *
 * @param variables the host's environment variables
 * @param explicit a token handed over by the caller
 * @throws ServiceError 500 `MISSING_API_TOKEN`; 500 `INVALID_CONFIGURATION`, naming the variable and never its value
 */
export function resolveApiToken(variables: Variables, explicit?: string): string {
  const candidates = [
    [TOKEN_VARIABLES[0], find({ explicit }, "explicit")] as const,
    ...TOKEN_VARIABLES.map((name) => [name, find(variables, name)] as const),
  ];
  for (const [name, found] of candidates) {
    if (found.kind === "unset" || (found.kind === "text" && isPlaceholder(found.text))) continue;
    const why = whyNoToken(name, found);
    if (why !== undefined) throw invalidSetting(name, why, SETTINGS[name].expected);
    if (found.kind === "text") return found.text;
  }
  throw new ServiceError(
    "MISSING_API_TOKEN",
    500,
    `Missing API token. Configure ${TOKEN_VARIABLES[0]} with a token that may manage environments, then redeploy.`,
  );
}

function whyNoToken(
  name: (typeof TOKEN_VARIABLES)[number],
  found: Exclude<Found, { kind: "unset" }>,
): string | undefined {
  if (found.kind === "unclear") return found.why;
  if (found.type !== "string") return `is a ${found.type}, not text`;
  return refusal(name, found.text);
}
