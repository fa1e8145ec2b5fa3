import { SETTING_NAMES } from "./settings/table.ts";
import { find, type Variables } from "./variables.ts";

const OUR_PREFIXES = /^(?:BACKUP|ALERT|HEARTBEAT|DATOCMS|RESEND)_/i;
/** So many letters may be wrong. */
const MOST_EDITS = 2;
/** Short names have neighbours that are somebody else's, as `POST` is of `PORT`. */
const SHORTEST_MISSPELT = 10;

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
    const meant = nearest(name.trim().toUpperCase());
    return meant !== undefined || OUR_PREFIXES.test(name) ? [{ name, meant }] : [];
  });
}

/** The sentence about it, for people. */
export function unknownSentence({ name, meant }: UnknownSetting): string {
  return `${name} is not a setting. ${meant === undefined ? "" : `Did you mean ${meant}? `}It has no effect.`;
}

function nearest(name: string): string | undefined {
  const near = SETTING_NAMES.filter((setting) => setting.length >= SHORTEST_MISSPELT)
    .map((setting) => ({ setting, edits: editsBetween(name, setting) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.setting;
}

/**
 * How many letters must be put in, taken out or changed to make one word of the other (Levenshtein); words
 * whose lengths alone differ by more than `MOST_EDITS` are not looked at closely.
 */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
