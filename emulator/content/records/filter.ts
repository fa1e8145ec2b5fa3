import type { Content } from "../content.ts";
import { isNode } from "./dast.ts";
import { statusOf } from "./item.ts";
import type { Row } from "./rows.ts";
import { isVersionValid } from "./validity.ts";

/** @returns what a field or a field of meta holds, in the first locale that has something */
export function heldBy(content: Content, { item, version, block }: Row, field: string): unknown {
  switch (field) {
    case "id":
      return block?.id ?? item.id;
    case "position":
      return item.position;
    case "_created_at":
      return item.createdAt;
    case "_updated_at":
      return version.updatedAt;
    case "_published_at":
      return item.publishedAt;
    case "_first_published_at":
      return item.firstPublishedAt;
    case "_publication_scheduled_at":
      return isoOf(item.schedules?.publication?.at);
    case "_unpublishing_scheduled_at":
      return isoOf(item.schedules?.unpublishing?.at);
    case "_status":
      return statusOf(item);
    case "_is_valid":
      return String(isVersionValid(content, item.modelId, version));
    case "_creator":
      return item.creator?.id;
    default: {
      const value = (block ?? version).values[field];
      return isNode(value) && Object.keys(value).every((key) => content.site.locales.includes(key))
        ? Object.values(value)[0]
        : value;
    }
  }
}

function isoOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
