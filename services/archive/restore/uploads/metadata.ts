import { isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { UploadTarget } from "./line.ts";

/**
 * Default metadata of an upload in the form and for the locales of a target, nothing left out: what DatoCMS does not
 * send is null, or empty custom data. A locale that the target does not have has no place in it.
 *
 * @param value as DatoCMS sent it, in either form
 */
export function metadataFor({ locales, isByMember }: UploadTarget, value: Json): JsonObject {
  const read = readerOf(value);
  if (!isByMember)
    return byLocale(locales, (locale) => ({
      alt: read("alt", locale),
      title: read("title", locale),
      custom_data: read("custom_data", locale) ?? {},
      focal_point: read("focal_point", locale),
    }));
  const [focalPoint = null] = locales
    .map((locale) => read("focal_point", locale))
    .filter((point) => point !== null);
  return {
    alt: byLocale(locales, (locale) => read("alt", locale)),
    title: byLocale(locales, (locale) => read("title", locale)),
    custom_data: byLocale(locales, (locale) => read("custom_data", locale) ?? {}),
    focal_point: focalPoint,
    poster_time: read("poster_time", ""),
  };
}

/** Reads a member of the metadata for a locale; null where there is none. */
function readerOf(value: Json): (member: string, locale: string) => Json {
  if (!isJsonObject(value)) return () => null;
  // No locale has such a name.
  if ("custom_data" in value || "focal_point" in value)
    return (member, locale) => {
      if (member === "focal_point" || member === "poster_time") return value[member] ?? null;
      return memberOf(value[member], locale);
    };
  return (member, locale) => memberOf(value[locale], member);
}

function memberOf(value: Json | undefined, member: string): Json {
  return isJsonObject(value) ? (value[member] ?? null) : null;
}

function byLocale(locales: readonly string[], read: (locale: string) => Json): JsonObject {
  return Object.fromEntries(locales.map((locale) => [locale, read(locale)]));
}
