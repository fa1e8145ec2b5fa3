import type { Content } from "../content.ts";
import { toOne } from "../entity.ts";
import { isNode } from "./dast.ts";
import type { Item, Values } from "./item.ts";
import { problemsOf } from "./problems.ts";
import { shownVersion } from "./render.ts";
import { publicationResource, unpublishingResource } from "./schedules.ts";

/** @returns the document of `/items/:id/current-vs-published-state`, which alone tells schedules in full (facts 1.6) */
export function stateDocument(content: Content, item: Item): object {
  const { current, published, modelId, schedules } = item;
  const now = localesIn(content, modelId, current.values);
  const then = published === null ? [] : localesIn(content, modelId, published.values);
  const problems = problemsOf(content, modelId, current.values);
  const invalid = problems.flatMap(({ locale }) => locale ?? []);
  const differs = (locale: string | null) =>
    published !== null &&
    part(content, modelId, current.values, locale) !== part(content, modelId, published.values, locale);
  const { publication = null, unpublishing = null } = schedules ?? {};
  return {
    data: {
      id: item.id,
      type: "item_current_vs_published_state",
      attributes: {
        current_version_locales: now,
        published_version_locales: then,
        changed_locales: now.filter((locale) => then.includes(locale) && differs(locale)),
        added_locales: published === null ? [] : now.filter((locale) => !then.includes(locale)),
        removed_locales: then.filter((locale) => !now.includes(locale)),
        non_localized_fields_changed: differs(null),
        current_version_invalid_locales: [...new Set(invalid)],
        current_version_non_localized_fields_invalid: problems.some(({ locale }) => locale === undefined),
      },
      relationships: {
        scheduled_publication: toOne("scheduled_publication", publication?.id ?? null),
        scheduled_unpublishing: toOne("scheduled_unpublishing", unpublishing?.id ?? null),
        published_version: toOne("item_version", published && shownVersion(content, published)),
      },
    },
    included: [
      ...(publication === null ? [] : [publicationResource(item.id, publication)]),
      ...(unpublishing === null ? [] : [unpublishingResource(item.id, unpublishing)]),
    ],
  };
}

function localesIn(content: Content, modelId: string, values: Values): string[] {
  for (const { attributes } of content.fieldsOf(modelId)) {
    const value = values[attributes.api_key];
    if (attributes.localized && isNode(value)) return Object.keys(value);
  }
  return [];
}

/** What a body says in one locale; null: in fields without locales. */
function part(content: Content, modelId: string, values: Values, locale: string | null): string {
  const fields = content
    .fieldsOf(modelId)
    .filter(({ attributes }) => attributes.localized === (locale !== null));
  return JSON.stringify(
    fields.map(({ attributes: { api_key } }) => {
      const value = values[api_key];
      return locale === null ? value : isNode(value) ? value[locale] : undefined;
    }),
  );
}
