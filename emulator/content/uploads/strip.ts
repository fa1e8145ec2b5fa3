import type { Content } from "../content.ts";
import { isNode } from "../records/dast.ts";
import type { Values } from "../records/item.ts";
import { mapBlocks, mapLocales } from "../records/walk.ts";
import type { Field } from "../schema/field.ts";

/** @returns values without an upload, in blocks too */
export function withoutUpload(content: Content, modelId: string, values: Values, uploadId: string): Values {
  const stripped = { ...values };
  for (const field of content.fieldsOf(modelId)) {
    const { api_key } = field.attributes;
    stripped[api_key] = mapLocales(field, values[api_key] ?? null, (value) =>
      mapBlocks(field, without(field, value, uploadId), (block) =>
        block.with(withoutUpload(content, block.modelId, block.values, uploadId)),
      ),
    );
  }
  return stripped;
}

function without({ attributes }: Field, value: unknown, uploadId: string): unknown {
  switch (attributes.field_type) {
    case "file":
      return isNode(value) && value.upload_id === uploadId ? null : value;
    case "gallery":
      return Array.isArray(value)
        ? value.filter((each) => !isNode(each) || each.upload_id !== uploadId)
        : value;
    case "seo":
      return isNode(value) && value.image === uploadId ? { ...value, image: null } : value;
    default:
      return value;
  }
}
