import { failed, type Result, succeeded } from "../utils/failures.ts";
import { isPlaceholder } from "../utils/placeholder.ts";
import { invalidSetting, missingToken, type Refusal } from "../utils/refusals.ts";
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
 * @returns the token; or `MISSING_API_TOKEN`, or `INVALID_CONFIGURATION`, naming the variable and never its value
 */
export function resolveApiToken(variables: Variables, explicit?: string): Result<string, Refusal> {
  const candidates = [
    [TOKEN_VARIABLES[0], find({ explicit }, "explicit")] as const,
    ...TOKEN_VARIABLES.map((name) => [name, find(variables, name)] as const),
  ];
  for (const [name, found] of candidates) {
    if (found.kind === "unset" || (found.kind === "text" && isPlaceholder(found.text))) continue;
    const why = whyNoToken(name, found);
    if (why !== undefined) return failed(invalidSetting(name, why, SETTINGS[name].expected));
    if (found.kind === "text") return succeeded(found.text);
  }
  return failed(missingToken(TOKEN_VARIABLES[0]));
}

function whyNoToken(
  name: (typeof TOKEN_VARIABLES)[number],
  found: Exclude<Found, { kind: "unset" }>,
): string | undefined {
  if (found.kind === "unclear") return found.why;
  if (found.type !== "string") return `is a ${found.type}, not text`;
  return refusal(name, found.text);
}
