import type { Content } from "../content.ts";
import { isNode } from "../records/dast.ts";
import type { FieldMetadata } from "./upload.ts";

/**
 * The default metadata of an upload in its full form: by member with `non_localized_focal_points`, else by locale
 * (facts 1.7). What is sent changes what was there; texts are stripped (facts 4).
 */
export function metadataOf(
  { site }: Content,
  sent: FieldMetadata,
  before: FieldMetadata = {},
): FieldMetadata {
  const { locales, flags } = site;
  const part = (from: FieldMetadata, one: string, other: string) => {
    const inner = from[one];
    return isNode(inner) ? inner[other] : undefined;
  };
  if (flags.non_localized_focal_points) {
    const byLocale = (member: string, empty: unknown) =>
      Object.fromEntries(
        locales.map((locale) => {
          const value =
            part(sent, member, locale) ?? (member in sent ? undefined : part(before, member, locale));
          return [locale, stripped(value) ?? empty];
        }),
      );
    return {
      alt: byLocale("alt", null),
      title: byLocale("title", null),
      custom_data: byLocale("custom_data", {}),
      focal_point: sent.focal_point === undefined ? (before.focal_point ?? null) : sent.focal_point,
      poster_time: sent.poster_time === undefined ? (before.poster_time ?? null) : sent.poster_time,
    };
  }
  return Object.fromEntries(
    locales.map((locale) => {
      const value = (member: string, empty: unknown) => {
        const now = part(sent, locale, member);
        return stripped(now === undefined ? part(before, locale, member) : now) ?? empty;
      };
      return [
        locale,
        {
          alt: value("alt", null),
          title: value("title", null),
          custom_data: value("custom_data", {}),
          focal_point: value("focal_point", null),
        },
      ];
    }),
  );
}

/** @returns tags in lower case, with single spaces, sorted, each once (facts 4) */
export function tagsOf(tags: readonly string[]): string[] {
  const squished = tags.map((tag) => tag.toLowerCase().trim().replaceAll(/\s+/g, " "));
  return [...new Set(squished)].filter((tag) => tag !== "").sort();
}

/** @returns a text as it is stored: an empty one is none (facts 4) */
export function noteOf(text: string | null | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

function stripped(value: unknown): unknown {
  return typeof value === "string" ? value.trim() : value;
}
