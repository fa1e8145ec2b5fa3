import * as z from "zod";
import type { Content } from "../content.ts";
import { toOne } from "../entity.ts";

export const fieldTypes = [
  "boolean",
  "color",
  "date",
  "date_time",
  "file",
  "float",
  "gallery",
  "integer",
  "json",
  "lat_lon",
  "link",
  "links",
  "rich_text",
  "seo",
  "single_block",
  "slug",
  "string",
  "structured_text",
  "text",
  "video",
] as const;
export type FieldType = (typeof fieldTypes)[number];

const parameters = z.record(z.string(), z.unknown());

const appearance = z.object({
  editor: z.string(),
  parameters,
  addons: z.array(z.object({ id: z.string(), parameters, field_extension: z.string().exactOptional() })),
  field_extension: z.string().exactOptional(),
});

const attributes = z.object({
  label: z.string().min(1),
  field_type: z.enum(fieldTypes),
  api_key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  hint: z.string().nullable(),
  localized: z.boolean(),
  validators: z.record(z.string(), z.record(z.string(), z.unknown())),
  position: z.int(),
  appearance,
  default_value: z.unknown(),
  deep_filtering_enabled: z.boolean(),
  content_link_enabled: z.boolean(),
});
export type FieldAttributes = z.infer<typeof attributes>;

/** What a client may send: any part. */
export const fieldAttributesPart = attributes.partial();

/** A field of a model or of a block model. */
export type Field = {
  readonly id: string;
  readonly modelId: string;
  readonly fieldsetId: string | null;
  readonly attributes: Readonly<FieldAttributes>;
};

export type Fieldset = {
  readonly id: string;
  readonly modelId: string;
  readonly attributes: {
    readonly title: string;
    readonly hint: string | null;
    readonly position: number;
    readonly collapsible: boolean;
    readonly start_collapsed: boolean;
  };
};

/** Validators that hold ids of models; the value's member is a list of them (facts 1.3). */
const MODEL_LISTS: Readonly<Record<string, string>> = {
  item_item_type: "item_types",
  items_item_type: "item_types",
  rich_text_blocks: "item_types",
  single_block_blocks: "item_types",
  structured_text_blocks: "item_types",
  structured_text_inline_blocks: "item_types",
  structured_text_links: "item_types",
};

/** @returns the models that a validator of a field names; undefined where it has no such validator */
export function modelsIn({ attributes: { validators } }: Field, ...names: string[]): string[] | undefined {
  const lists = names.flatMap((name) => {
    const list = validators[name]?.[MODEL_LISTS[name] ?? ""];
    return Array.isArray(list) ? [list.filter((id) => typeof id === "string")] : [];
  });
  return lists.length === 0 ? undefined : lists.flat();
}

/** @returns every model that the validators name */
export function modelsNamed(field: Field): string[] {
  return modelsIn(field, ...Object.keys(MODEL_LISTS)) ?? [];
}

/** @returns the validators without a model that is gone */
export function withoutModel(
  validators: FieldAttributes["validators"],
  modelId: string,
): FieldAttributes["validators"] {
  return Object.fromEntries(
    Object.entries(validators).map(([name, value]) => {
      const member = MODEL_LISTS[name];
      const list = member === undefined ? undefined : value[member];
      if (member === undefined || !Array.isArray(list)) return [name, value];
      return [name, { ...value, [member]: list.filter((id) => id !== modelId) }];
    }),
  );
}

/** @returns the JSON:API resource (facts 1.3) */
export function fieldResource({ site }: Content, { id, modelId, fieldsetId, attributes }: Field): object {
  return {
    id,
    type: "field",
    attributes: { ...attributes, ...(site.isLegacy ? { appeareance: attributes.appearance } : {}) },
    relationships: { item_type: toOne("item_type", modelId), fieldset: toOne("fieldset", fieldsetId) },
  };
}

/** @returns the JSON:API resource (facts 1.3) */
export function fieldsetResource({ id, modelId, attributes }: Fieldset): object {
  return { id, type: "fieldset", attributes, relationships: { item_type: toOne("item_type", modelId) } };
}
