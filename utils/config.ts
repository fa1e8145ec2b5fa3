import { ServiceError } from "./errors.ts";
import { readSetting } from "./settings/read.ts";
import { CONFIG, namesOf, SETTINGS, type ValueOrDefault } from "./settings/table.ts";
import { refused, type Variables } from "./variables.ts";

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
 * @returns the checked settings, with their defaults
 * @throws ServiceError 500 `INVALID_CONFIGURATION`, naming the variable, what it is and what it may be
 */
export function readConfig(variables: Variables): Config {
  const members: Record<string, unknown> = {};
  const wrong: { readonly name: ConfigName; readonly is: string | undefined }[] = [];
  for (const name of namesOf(CONFIG)) {
    const reading = readSetting(variables, name);
    if (reading.kind === "refused") wrong.push({ name, is: reading.is });
    else members[CONFIG[name].as] = reading.kind === "read" ? reading.value : undefined;
  }
  const [first, ...others] = wrong;
  if (first !== undefined) {
    const { expected } = SETTINGS[first.name];
    throw invalidSetting(
      first.name,
      first.is,
      expected,
      others.map(({ name }) => name),
    );
  }
  // Each member has just been made by its own row.
  return configOf(members as Members);
}

function configOf({ keepDaily, keepWeekly, keepBiweekly, keepMonthly, ...others }: Members) {
  const keep = { daily: keepDaily, weekly: keepWeekly, biweekly: keepBiweekly, monthly: keepMonthly };
  return { ...others, keep } as const;
}

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
): ServiceError {
  const sentence = `${refused(name, is, expected)}. Correct it and redeploy.`;
  return new ServiceError("INVALID_CONFIGURATION", 500, sentence, {
    variable: name,
    expected,
    ...(others.length > 0 && { alsoInvalid: others }),
  });
}
