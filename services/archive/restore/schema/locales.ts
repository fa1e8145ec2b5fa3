import { isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Mode } from "../words.ts";
import { seoByLocale } from "./form.ts";
import { siteOf } from "./kinds.ts";

/** The locales of an environment, the main one first. */
export function localesOf({ attributes: { locales } }: Resource): string[] {
  return isArray(locales) ? locales.filter((locale) => typeof locale === "string") : [];
}

/**
 * The locales that an environment has in the end: missing ones come in every mode, surplus ones go in a mirror only,
 * since their values go with them.
 *
 * @param areRestored false where the settings are not asked for
 */
export function localesIn(
  desired: Documents,
  observed: Documents,
  mode: Mode,
  areRestored: boolean,
): string[] {
  const [theirs, ours] = [siteOf(desired), siteOf(observed)];
  const [wanted, found] = [theirs ? localesOf(theirs) : [], ours ? localesOf(ours) : []];
  if (!areRestored) return found;
  if (mode === "mirror") return wanted;
  const common = wanted.filter((locale) => found.includes(locale));
  const isInOrder = found.filter((locale) => wanted.includes(locale)).join() === common.join();
  return [...new Set(mode === "add" && !isInOrder ? [...found, ...wanted] : [...wanted, ...found])];
}

/** The settings that an environment is to have; in mode `add` only its locales. */
export function siteFor(
  site: Resource,
  found: Resource | undefined,
  locales: readonly string[],
  mode: Mode,
): Resource {
  if (mode === "add") return { ...site, attributes: { locales } };
  const seo = seoByLocale(site.attributes.global_seo ?? null, site);
  const foundSeo = found && seoByLocale(found.attributes.global_seo ?? null, found);
  const merged = seo && withLocales(seo, foundSeo, localesOf(site), locales);
  const [only, ...others] = locales;
  const global_seo = merged && (only !== undefined && others.length === 0 ? (merged[only] ?? null) : merged);
  return { ...site, attributes: { ...site.attributes, locales, ...(global_seo && { global_seo }) } };
}

/**
 * A value by locale for the locales of the target: what the archive tells, and for locales that it does not know what
 * is there now.
 *
 * @param archived the locales that the archive knows
 */
export function withLocales(
  value: Json,
  found: Json | undefined,
  archived: readonly string[],
  locales: readonly string[],
): JsonObject {
  const [wanted, there] = [isJsonObject(value) ? value : {}, isJsonObject(found) ? found : {}];
  const members = locales.map((locale): [string, Json] => [
    locale,
    (archived.includes(locale) ? wanted : there)[locale] ?? null,
  ]);
  return Object.fromEntries(members);
}
