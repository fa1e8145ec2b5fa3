import { type Resource, textOf } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity } from "../words.ts";

/** Kinds of things that are restored as parts of a schema; `site` is the environment's settings. */
export const KINDS = [
  "site",
  "workflow",
  "plugin",
  "model",
  "fieldset",
  "field",
  "upload_collection",
  "item_type_filter",
  "upload_filter",
  "menu_item",
  "schema_menu_item",
] as const;
export type Kind = (typeof KINDS)[number];

export function isKind(word: string): word is Kind {
  return KINDS.some((kind) => kind === word);
}

interface KindFacts {
  /** Where an archive holds them. */
  readonly document: string;
  /** Where DatoCMS has them. */
  readonly path: string;
  /**
   * What a client may write of them, which is what is compared. The other members follow from something else
   * (`has_singleton_item`, `children`, `fields`), or belong to no content (`last_data_change_at`).
   */
  readonly attributes: readonly string[];
  readonly relationships: readonly string[];
}

/** The relationships in which a model names fields of its own. */
const MODEL_FIELDS = [
  "ordering_field",
  "title_field",
  "image_preview_field",
  "excerpt_field",
  "presentation_title_field",
  "presentation_image_field",
] as const;

/** Writable members as `@datocms/cma-client` 5.8.1 has them in the schemas of its create and update calls. */
export const KIND_FACTS: Readonly<Record<Kind, KindFacts>> = {
  // The name belongs to the project, and the token for maps is a secret.
  site: {
    document: "schema/site.json",
    path: "/site",
    attributes: ["locales", "timezone", "no_index", "theme", "global_seo", "favicon"],
    relationships: [],
  },
  workflow: {
    document: "schema/workflows.json",
    path: "/workflows",
    attributes: ["name", "api_key", "stages"],
    relationships: [],
  },
  plugin: {
    document: "schema/plugins.json",
    path: "/plugins",
    attributes: ["name", "url", "package_version", "parameters", "permissions"],
    relationships: [],
  },
  model: {
    document: "schema/item_types.json",
    path: "/item-types",
    attributes: [
      "name",
      "api_key",
      "singleton",
      "sortable",
      "tree",
      "modular_block",
      "draft_mode_active",
      "draft_saving_active",
      "all_locales_required",
      "ordering_direction",
      "ordering_meta",
      "collection_appearance",
      "hint",
      "inverse_relationships_enabled",
    ],
    relationships: [...MODEL_FIELDS, "workflow"],
  },
  fieldset: {
    document: "schema/fieldsets.json",
    path: "/fieldsets",
    attributes: ["title", "hint", "collapsible", "start_collapsed"],
    relationships: [],
  },
  field: {
    document: "schema/fields.json",
    path: "/fields",
    attributes: [
      "label",
      "api_key",
      "field_type",
      "localized",
      "hint",
      "validators",
      "appearance",
      "default_value",
      "deep_filtering_enabled",
      "content_link_enabled",
    ],
    relationships: ["fieldset"],
  },
  upload_collection: {
    document: "schema/upload_collections.json",
    path: "/upload-collections",
    attributes: ["label"],
    relationships: ["parent"],
  },
  item_type_filter: {
    document: "schema/item_type_filters.json",
    path: "/item-type-filters",
    attributes: ["name", "filter", "columns", "order_by", "shared"],
    relationships: ["item_type"],
  },
  upload_filter: {
    document: "schema/upload_filters.json",
    path: "/upload-filters",
    attributes: ["name", "filter", "shared"],
    relationships: [],
  },
  menu_item: {
    document: "schema/menu_items.json",
    path: "/menu-items",
    attributes: ["label", "external_url", "open_in_new_tab"],
    relationships: ["item_type", "item_type_filter", "parent"],
  },
  schema_menu_item: {
    document: "schema/schema_menu_items.json",
    path: "/schema-menu-items",
    attributes: ["label"],
    relationships: ["parent"],
  },
};

/** Kinds that belong to one model, by a relationship of their own or, of the model itself, by its id. */
export const KINDS_OF_MODELS: readonly Kind[] = [
  "model",
  "fieldset",
  "field",
  "item_type_filter",
  "menu_item",
  "schema_menu_item",
];

/** What things of a kind name, by relationship, and can be without. */
export const REFERENCES: Readonly<Partial<Record<Kind, Readonly<Record<string, Kind>>>>> = {
  model: {
    ...Object.fromEntries(MODEL_FIELDS.map((name): [string, Kind] => [name, "field"])),
    workflow: "workflow",
  },
  field: { fieldset: "fieldset" },
  menu_item: { item_type_filter: "item_type_filter", parent: "menu_item" },
  schema_menu_item: { parent: "schema_menu_item" },
  upload_collection: { parent: "upload_collection" },
};

/** One thing of a schema, and what kind of thing it is. */
export interface Thing {
  readonly kind: Kind;
  readonly resource: Resource;
}

/** The things of a kind; undefined where the documents do not tell: the list could not be read. */
export function listOf(documents: Documents, kind: Kind): readonly Resource[] | undefined {
  return documents.get(KIND_FACTS[kind].document);
}

const NONE: readonly Resource[] = [];
const INDEXES = new WeakMap<readonly Resource[], ReadonlyMap<string, Resource>>();

/** The things of a kind by their ids; none where the documents do not tell. */
export function byId(documents: Documents, kind: Kind): ReadonlyMap<string, Resource> {
  const list = listOf(documents, kind) ?? NONE;
  // Asked for with every reference: a list is indexed once.
  const index = INDEXES.get(list) ?? new Map(list.map((resource) => [resource.id, resource]));
  INDEXES.set(list, index);
  return index;
}

/** The settings of the environment that documents tell of. */
export function siteOf(documents: Documents): Resource | undefined {
  return listOf(documents, "site")?.[0];
}

/** How people know a thing. */
export function entityOf(kind: Kind, resource: Resource): Entity {
  const name =
    kind === "site"
      ? "settings"
      : (textOf(resource, "api_key") ??
        textOf(resource, "name") ??
        textOf(resource, "label") ??
        textOf(resource, "title") ??
        resource.id);
  return { kind, id: resource.id, name };
}
