import { isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import { isResource, type Resource, relatedId } from "../../../sources/datocms/resource.ts";
import type { Field, Schema } from "../../../sources/datocms/schema.ts";

/** Which of the things that a record refers to may be named. */
export interface Nameable {
  record(id: string): boolean;
  upload(id: string): boolean;
}

/** A record without what may not be named; `dropped`: the ids that were left out. */
export interface Trimmed {
  readonly record: Resource;
  readonly dropped: readonly string[];
}

/**
 * Leaves out of a record and its blocks what refers to something that may not be named. The text of a link in
 * structured text stays.
 */
export function trimmed(record: Resource, schema: Schema, nameable: Nameable): Trimmed {
  const dropped = new Set<string>();
  const trim = trimmer(schema, {
    record: (id) => nameable.record(id) || !dropped.add(id),
    upload: (id) => nameable.upload(id) || !dropped.add(id),
  });
  return { record: trim(record), dropped: [...dropped] };
}

function trimmer(schema: Schema, { record: hasRecord, upload: hasUpload }: Nameable) {
  return trimRecord;

  function trimRecord(record: Resource): Resource {
    const model = schema.models.get(relatedId(record, "item_type") ?? "");
    const attributes: Record<string, Json> = { ...record.attributes };
    for (const field of model?.fields ?? []) {
      const value = attributes[field.apiKey];
      if (value !== undefined) attributes[field.apiKey] = trimField(value, field);
    }
    return { ...record, attributes };
  }

  function trimField(value: Json, { type, isLocalized }: Field): Json {
    if (!isLocalized || !isJsonObject(value)) return trimValue(value, type);
    const byLocale = Object.entries(value).map(([locale, each]): [string, Json] => [
      locale,
      trimValue(each, type),
    ]);
    return Object.fromEntries(byLocale);
  }

  function trimValue(value: Json, type: string): Json {
    if (value === null) return null;
    switch (type) {
      case "link":
        return isNameableRecord(value) ? value : null;
      case "links":
        return isArray(value) ? value.filter(isNameableRecord) : value;
      case "file":
        return isNameableFile(value) ? value : null;
      case "gallery":
        return isArray(value) ? value.filter(isNameableFile) : value;
      case "seo":
        return isJsonObject(value) ? trimSeo(value) : value;
      case "rich_text":
        return isArray(value) ? value.map(trimBlock) : value;
      case "single_block":
        return trimBlock(value);
      case "structured_text":
        return isJsonObject(value)
          ? { ...value, document: trimNodes(value.document ?? null)[0] ?? null }
          : value;
      default:
        return value;
    }
  }

  function isNameableRecord(id: Json): boolean {
    return typeof id !== "string" || hasRecord(id);
  }

  function isNameableFile(file: Json): boolean {
    const id = isJsonObject(file) ? file.upload_id : undefined;
    return typeof id !== "string" || hasUpload(id);
  }

  function trimSeo(seo: JsonObject): JsonObject {
    return typeof seo.image === "string" && !hasUpload(seo.image) ? { ...seo, image: null } : seo;
  }

  function trimBlock(block: Json): Json {
    return isResource(block) ? trimRecord(block) : block;
  }

  /** A node, what stands in its place, or nothing. */
  function trimNodes(node: Json): Json[] {
    if (!isJsonObject(node)) return [node];
    const { type, item, children } = node;
    const within = isArray(children) ? children.flatMap(trimNodes) : undefined;
    if (type === "itemLink" && item !== undefined && !isNameableRecord(item)) return within ?? [];
    if (type === "inlineItem" && item !== undefined && !isNameableRecord(item)) return [];
    return [
      {
        ...node,
        ...(within && { children: within }),
        ...(isResource(item) && { item: trimRecord(item) }),
      },
    ];
  }
}
