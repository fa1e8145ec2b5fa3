import * as z from "zod";
import type { Content } from "../content.ts";
import { toMany, toOne } from "../entity.ts";

const attributes = z.object({
  name: z.string().min(1),
  api_key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  singleton: z.boolean(),
  sortable: z.boolean(),
  tree: z.boolean(),
  modular_block: z.boolean(),
  draft_mode_active: z.boolean(),
  draft_saving_active: z.boolean(),
  all_locales_required: z.boolean(),
  ordering_direction: z.enum(["asc", "desc"]).nullable(),
  ordering_meta: z.enum(["created_at", "updated_at", "first_published_at", "published_at"]).nullable(),
  collection_appearance: z.enum(["compact", "table"]),
  hint: z.string().nullable(),
  inverse_relationships_enabled: z.boolean(),
});
export type ModelAttributes = z.infer<typeof attributes>;

/** What a client may send: any part. */
export const modelAttributesPart = attributes.partial();

export const modelDefaults: Omit<ModelAttributes, "name" | "api_key"> = {
  singleton: false,
  sortable: false,
  tree: false,
  modular_block: false,
  draft_mode_active: false,
  draft_saving_active: false,
  all_locales_required: false,
  ordering_direction: null,
  ordering_meta: null,
  collection_appearance: "table",
  hint: null,
  inverse_relationships_enabled: false,
};

/** Relationships that a client writes, and what type they point to. */
export const modelLinkTypes = {
  ordering_field: "field",
  title_field: "field",
  image_preview_field: "field",
  excerpt_field: "field",
  presentation_title_field: "field",
  presentation_image_field: "field",
  workflow: "workflow",
} as const;
export type ModelLinks = Record<keyof typeof modelLinkTypes, string | null>;

export const noModelLinks: ModelLinks = {
  ordering_field: null,
  title_field: null,
  image_preview_field: null,
  excerpt_field: null,
  presentation_title_field: null,
  presentation_image_field: null,
  workflow: null,
};

/** A model or a block model. */
export type Model = {
  readonly id: string;
  readonly attributes: Readonly<ModelAttributes>;
  readonly links: Readonly<ModelLinks>;
};

/** @returns whether its records can be drafts that break its rules (facts 5.4) */
export function storesInvalidDrafts({ attributes }: Model): boolean {
  return attributes.draft_mode_active && attributes.draft_saving_active;
}

/** @returns the JSON:API resource (facts 1.3) */
export function modelResource(content: Content, model: Model): object {
  const { id, links } = model;
  const only = model.attributes.singleton ? (content.items.ids(id)[0] ?? null) : null;
  const has_singleton_item = only !== null;
  return {
    id,
    type: "item_type",
    attributes: {
      ...model.attributes,
      has_singleton_item,
      ...(content.site.isLegacy ? { collection_appeareance: model.attributes.collection_appearance } : {}),
    },
    relationships: {
      fields: toMany(
        "field",
        content.fieldsOf(id).map((field) => field.id),
      ),
      fieldsets: toMany("fieldset", content.fieldsets.ids(id)),
      singleton_item: toOne("item", only),
      ...Object.fromEntries(
        Object.entries(modelLinkTypes).map(([name, type]) => [name, toOne(type, linkOf(links, name))]),
      ),
    },
    meta: { has_singleton_item },
  };
}

function linkOf(links: Readonly<Record<string, string | null>>, name: string): string | null {
  return links[name] ?? null;
}
