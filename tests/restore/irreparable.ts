import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { ContentUnknowns } from "../../emulator/content/unknowns.ts";
import type { DamageName } from "./damages.ts";
import type { Difference } from "./differences.ts";

/** What no restore can put back after a damage, because the API takes it from nobody. */
export interface Irreparable {
  /** Beginnings of paths in which a difference may stay. */
  readonly paths: readonly string[];
  readonly because: string;
  /** With this position of a switch everything comes back. */
  readonly unless?: Partial<ContentUnknowns>;
}

const inText: Irreparable = {
  paths: [`records/${nastyIds.text}`],
  because: "its bodies must be written again, and the API takes no link to a record that is gone",
};
const inOldLocales: Irreparable = {
  paths: [`records/${nastyIds.oldLocales}`],
  because: "it has values in a locale that the site has no longer",
};
const inBoth: Irreparable = {
  paths: [...inText.paths, ...inOldLocales.paths],
  because: `${inText.because}; or ${inOldLocales.because}`,
};
const withLegacyIds = (...paths: string[]): Irreparable => ({
  paths,
  because: "an id that is a number cannot be given again",
  unless: { integerIds: "accept" },
});
const { legacy } = nastyIds.models;

export const irreparable: Partial<Record<DamageName, Irreparable>> = {
  textDeleted: inText,
  twoBodiesDeleted: inText,
  sharedBlockEdited: inText,
  blockFieldDeleted: inText,
  blockModelDeleted: inText,
  fieldDeleted: inText,
  fieldKeyTaken: inText,
  fieldLocalized: inText,
  localeRemoved: inText,
  oldLocalesDeleted: inOldLocales,
  localizedFieldDeleted: inBoth,
  legacyDeleted: withLegacyIds(`records/${nastyIds.legacy}`),
  legacyModelDeleted: withLegacyIds(
    "models/",
    "fields/",
    "menuItems/",
    "schemaMenuItems/",
    "records/",
    "orders/",
  ),
  slugSourceDeleted: withLegacyIds("fields/944", `models/${legacy}`, `records/${nastyIds.legacy}`, "orders/"),
  settingsEdited: { paths: ["site/favicon"], because: "the favicon is an upload that was gone already" },
};

/** @returns the differences that a restore should not have left */
export function avoidable(name: string, differences: readonly Difference[]): Difference[] {
  const { paths = [] } = new Map(Object.entries(irreparable)).get(name) ?? {};
  return differences.filter(({ path }) => !paths.some((beginning) => path.startsWith(beginning)));
}
