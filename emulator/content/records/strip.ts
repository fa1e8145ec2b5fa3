import type { Content } from "../content.ts";
import type { Field } from "../schema/field.ts";
import { childrenOf, linkedBy, mapNodes } from "./dast.ts";
import type { Values } from "./item.ts";
import { mapBlocks, mapLocales } from "./walk.ts";

/** @returns values without links to a record, in blocks too: of an `itemLink` its children stay (facts 0.10) */
export function withoutLinksTo(content: Content, modelId: string, values: Values, target: string): Values {
  const stripped = { ...values };
  for (const field of content.fieldsOf(modelId)) {
    const { api_key } = field.attributes;
    stripped[api_key] = mapLocales(field, values[api_key] ?? null, (value) =>
      mapBlocks(field, withoutLink(field, value, target), (block) =>
        block.with(withoutLinksTo(content, block.modelId, block.values, target)),
      ),
    );
  }
  return stripped;
}

function withoutLink({ attributes }: Field, value: unknown, target: string): unknown {
  switch (attributes.field_type) {
    case "link":
      return value === target ? null : value;
    case "links":
      return Array.isArray(value) ? value.filter((each) => each !== target) : value;
    case "structured_text":
      return mapNodes(value, (node) => (linkedBy(node) === target ? childrenOf(node) : [node]));
    default:
      return value;
  }
}
