import { problemSentence, readAlerts } from "../utils/alertSettings.ts";
import { readAccess } from "../utils/auth.ts";
import { TOKEN_VARIABLES } from "../utils/config.ts";
import { isPlaceholder } from "../utils/placeholder.ts";
import type { Kind } from "../utils/settings/kinds.ts";
import { readSetting } from "../utils/settings/read.ts";
import { namesOf, SETTINGS, type SettingName } from "../utils/settings/table.ts";
import { type UnknownSetting, unknownSentence, unknownSettings } from "../utils/unknownSettings.ts";
import { find, refused, type Variables } from "../utils/variables.ts";
import type { FoundSettings } from "./settings.ts";

/** A setting as its owner may see it. */
export interface ShownSetting {
  readonly name: SettingName;
  /** Its text, or its default; of a secret only that it is set; undefined where there is none. */
  readonly value?: string;
  /** `environment`, `default`, `not set`, or the name of the file. */
  readonly from: string;
  /** Says what is wrong with it. */
  readonly problem?: string;
  readonly does: string;
  /** Follows "must be". */
  readonly expected: string;
}

/** All that the owner has set, in the order of the documentation. */
export interface Configuration {
  readonly settings: readonly ShownSetting[];
  /** Sentences about what is wrong, in one setting or between several. */
  readonly problems: readonly string[];
  readonly unknown: readonly (UnknownSetting & { readonly sentence: string })[];
}

/** Says of every setting what it is and where it stands, and names what was meant to be one. */
export async function describeSettings(found: FoundSettings): Promise<Configuration> {
  // Long texts that no other command needs.
  const { DOCUMENTATION } = await import("../utils/settings/documentation.ts");
  const settings = namesOf(DOCUMENTATION).map((name) =>
    shownSetting(name, plain(DOCUMENTATION[name].does), found),
  );
  const unknown = unknownSettings(found.variables);
  return {
    settings,
    problems: [
      ...settings.flatMap(({ problem }) => problem ?? []),
      ...problemsBetween(settings, found.variables),
    ],
    unknown: unknown.map((each) => ({ ...each, sentence: unknownSentence(each) })),
  };
}

/** What no setting shows alone: a token that is missing, secrets that clash, half of a channel. */
function problemsBetween(settings: readonly ShownSetting[], variables: Variables): string[] {
  const isShown = (name: string) => settings.some((each) => each.name === name && each.problem !== undefined);
  const access = readAccess(variables);
  const alerts = readAlerts(variables).problems.filter(({ variable }) => !isShown(variable));
  const isClash = access.kind === "misconfigured" && !isShown(access.variable);
  return [
    ...(TOKEN_VARIABLES.some((name) => isGiven(variables, name)) ? [] : [NO_TOKEN]),
    ...(isClash ? [`${access.variable} ${access.why}.`] : []),
    ...alerts.map(problemSentence),
  ];
}

const NO_TOKEN = `${TOKEN_VARIABLES[0]} is not set. Without it no backup can be made.`;

/** A template's text counts as not set. */
function isGiven(variables: Variables, name: SettingName): boolean {
  const found = find(variables, name);
  return found.kind === "unclear" || (found.kind === "text" && !isPlaceholder(found.text));
}

function shownSetting(name: SettingName, does: string, found: FoundSettings): ShownSetting {
  const row: Kind = SETTINGS[name];
  const reading = readSetting(found.variables, name);
  const text = find(found.variables, name);
  const value = text.kind === "text" ? (row.secret ? SECRET : text.text) : row.byDefault;
  const about = { name, from: originOf(name, row, found), does, expected: row.expected };
  if (reading.kind === "refused") return { ...about, problem: `${refused(name, reading.is, row.expected)}.` };
  return value === undefined ? about : { ...about, value };
}

/** What stands for a secret. */
const SECRET = "(secret)";

function originOf(name: SettingName, row: Kind, found: FoundSettings): string {
  if (find(found.variables, name).kind !== "unset") return found.originOf(name);
  return row.byDefault === undefined ? "not set" : "default";
}

/** The documentation's text without its marks. */
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}
