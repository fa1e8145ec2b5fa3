import * as z from "zod";
import type { Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { siteDocument } from "../../siteDocuments.ts";
import { type ContentCall, type Edit, editOf, inJob } from "../edit.ts";
import { assertRoom } from "../quotas.ts";
import { readBody } from "../readBody.ts";
import { isNode } from "../records/dast.ts";
import type { Field } from "../schema/field.ts";
import { rewriteValues } from "../schema/rewrite.ts";
import type { SiteContent } from "../site.ts";

const nullableObject = z.record(z.string(), z.unknown()).nullable();

const request = z.object({
  data: z.object({
    attributes: z
      .object({
        name: z.string().min(1),
        locales: z.array(z.string().min(2)).min(1),
        timezone: z.string(),
        no_index: z.boolean(),
        favicon: z.string().nullable(),
        google_maps_api_token: z.string().nullable(),
        global_seo: nullableObject,
        theme: z.record(z.string(), z.unknown()),
      })
      .partial(),
  }),
});

/** `PUT /site`: a job. Locales that go take their values with them (facts 5.2, row 2). */
export function putSite(call: ContentCall): Reply {
  const { state, environment, content } = call;
  const { name, timezone, locales, ...others } = readBody(request, call.body).data.attributes;
  assertTimeZone(timezone);
  if (others.favicon && !content.uploads.has(others.favicon)) {
    throw new Refusal("INVALID_FIELD", { field: "favicon", code: "VALIDATION_INVALID" });
  }
  if (name !== undefined) state.settings.name = name;
  if (timezone !== undefined) environment.timezone = timezone;
  const {
    no_index = content.site.no_index,
    favicon = content.site.favicon,
    google_maps_api_token = content.site.google_maps_api_token,
    global_seo = content.site.global_seo,
    theme = content.site.theme,
  } = others;
  content.site = { ...content.site, no_index, favicon, google_maps_api_token, global_seo, theme };
  if (locales !== undefined) {
    const wanted = [...new Set(locales)];
    assertRoom(call, "locales", wanted.length - content.site.locales.length);
    changeLocales(editOf(call), wanted);
  }
  return inJob(call, { data: siteDocument(state, environment) });
}

/** `PUT /site/assets-cdn-default-settings` */
export function putAssetSettings(call: ContentCall): Reply {
  const settings = z.object({
    image: z.record(z.string(), z.unknown()).optional(),
    video: z.object({ disable_serving_raw_videos: z.boolean().exactOptional() }).optional(),
  });
  const body = z.object({
    data: z.object({ attributes: z.object({ assets_cdn_default_settings: settings }) }),
  });
  const sent = readBody(body, call.body).data.attributes.assets_cdn_default_settings;
  const { image, video } = call.content.site.assets_cdn_default_settings;
  call.content.site = {
    ...call.content.site,
    assets_cdn_default_settings: { image: sent.image ?? image, video: sent.video ?? video },
  };
  return { status: 200, document: { data: siteDocument(call.state, call.environment) } };
}

function assertTimeZone(timezone: string | undefined): void {
  if (timezone === undefined) return;
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    throw new Refusal("INVALID_FIELD", { field: "timezone", code: "VALIDATION_INCLUSION" });
  }
}

/** Sets the locales of the site: values of those that went are gone, those that came have none. */
export function changeLocales(edit: Edit, locales: readonly string[]): void {
  const { content } = edit;
  const gone = content.site.locales.filter((locale) => !locales.includes(locale));
  content.site = { ...content.site, locales, global_seo: seoFor(content.site, locales) };
  const localized = [...content.fields.rows()].filter(({ attributes }) => attributes.localized);
  for (const field of localized) {
    content.fields.set({
      ...field,
      attributes: { ...field.attributes, default_value: defaultFor(field, locales) },
    });
  }
  if (gone.length === 0) return;
  for (const modelId of new Set(localized.map((field) => field.modelId))) {
    const fields = localized.filter((field) => field.modelId === modelId);
    rewriteValues(edit, modelId, (values) => {
      const left: Record<string, unknown> = { ...values };
      for (const { attributes } of fields) {
        const value = values[attributes.api_key];
        if (isNode(value)) left[attributes.api_key] = without(value, gone);
      }
      return left;
    });
  }
}

function defaultFor({ attributes: { default_value } }: Field, locales: readonly string[]): unknown {
  return Object.fromEntries(
    locales.map((locale) => [locale, isNode(default_value) ? (default_value[locale] ?? null) : null]),
  );
}

/** With one locale it is a plain object, with more it is by locale (facts 1.2). */
function seoFor(site: SiteContent, locales: readonly string[]): SiteContent["global_seo"] {
  const { global_seo } = site;
  if (global_seo === null) return null;
  const [first = "en"] = site.locales;
  const byLocale = site.locales.length === 1 ? { [first]: global_seo } : global_seo;
  if (locales.length > 1)
    return Object.fromEntries(locales.map((locale) => [locale, byLocale[locale] ?? null]));
  const only = byLocale[locales[0] ?? first];
  return isNode(only) ? only : null;
}

function without(value: Readonly<Record<string, unknown>>, locales: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([locale]) => !locales.includes(locale)));
}
