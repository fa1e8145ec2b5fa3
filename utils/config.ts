import { failed, type Result, succeeded } from "./failures.ts";
import { invalidSetting, type Refusal } from "./refusals.ts";
import { readSetting } from "./settings/read.ts";
import { CONFIG, namesOf, SETTINGS, type ValueOrDefault } from "./settings/table.ts";
import type { Variables } from "./variables.ts";

export { byCadence, CADENCES, type Cadence } from "./cadence.ts";
export { TOKEN_VARIABLES } from "./settings/table.ts";
export { type Variables, variable } from "./variables.ts";

type ConfigName = keyof typeof CONFIG;
type Members = { readonly [Name in ConfigName as (typeof CONFIG)[Name]["as"]]: ValueOrDefault<Name> };

/** Everything that a deployment can set about its backups, read once and checked; the settings table explains each. */
export type Config = ReturnType<typeof configOf>;

/**
 * Reads every setting of the group `CONFIG`.
 *
 * @param variables the host's environment variables
 * @returns the checked settings, with their defaults; or `INVALID_CONFIGURATION`, naming the variable, what it is and
 *   what it may be
 */
export function readConfig(variables: Variables): Result<Config, Refusal> {
  const members: Record<string, unknown> = {};
  const wrong: { readonly name: ConfigName; readonly is: string | undefined }[] = [];
  for (const name of namesOf(CONFIG)) {
    const reading = readSetting(variables, name);
    if (reading.kind === "refused") wrong.push({ name, is: reading.is });
    else members[CONFIG[name].as] = reading.kind === "read" ? reading.value : undefined;
  }
  const [first, ...others] = wrong;
  if (first !== undefined) {
    const names = others.map(({ name }) => name);
    return failed(invalidSetting(first.name, first.is, SETTINGS[first.name].expected, names));
  }
  // Each member has just been made by its own row.
  return succeeded(configOf(members as Members));
}

function configOf({ keepDaily, keepWeekly, keepBiweekly, keepMonthly, ...others }: Members) {
  const keep = { daily: keepDaily, weekly: keepWeekly, biweekly: keepBiweekly, monthly: keepMonthly };
  return { ...others, keep } as const;
}
