import { nearest } from "./nearest.ts";
import { SETTING_NAMES } from "./settings/table.ts";
import { find, type Variables } from "./variables.ts";

const OUR_PREFIXES = /^(?:BACKUP|ALERT|HEARTBEAT|DATOCMS|RESEND)_/i;
/** Short names have neighbours that are somebody else's, as `POST` is of `PORT`. */
const SHORTEST_MISSPELT = 10;
const MISSPELT = SETTING_NAMES.filter((setting) => setting.length >= SHORTEST_MISSPELT);

/** A variable that looks like a setting and is none. */
export interface UnknownSetting {
  readonly name: string;
  /** The setting that was probably meant. */
  readonly meant: string | undefined;
}

/**
 * Finds variables that are set and have no effect: those that begin as ours do, and those that are a setting's
 * name misspelt. Bindings that are no text, such as a Worker's namespaces, are none.
 */
export function unknownSettings(variables: Variables): UnknownSetting[] {
  return Object.keys(variables).flatMap((name) => {
    if (SETTING_NAMES.includes(name) || find(variables, name).kind !== "text") return [];
    const meant = nearest(name.trim().toUpperCase(), MISSPELT);
    return meant !== undefined || OUR_PREFIXES.test(name) ? [{ name, meant }] : [];
  });
}

/** The sentence about it, for people. */
export function unknownSentence({ name, meant }: UnknownSetting): string {
  return `${name} is not a setting. ${meant === undefined ? "" : `Did you mean ${meant}? `}It has no effect.`;
}
