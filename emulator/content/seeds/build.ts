import type { Content } from "../content.ts";
import { recordDate } from "../dates.ts";
import { idFrom } from "../ids.ts";
import { Block, type Item, type Values, type Version } from "../records/item.ts";
import { appearanceOf } from "../schema/appearance.ts";
import type { Field, FieldAttributes, FieldType } from "../schema/field.ts";
import { type ModelAttributes, modelDefaults, noModelLinks } from "../schema/model.ts";
import { fileOf } from "../uploads/files.ts";
import { storedName } from "../uploads/names.ts";
import type { StoredFile, Upload } from "../uploads/upload.ts";

/** Adds a model or block model, without a look at any rule; its name is its api key. */
export function addModel(
  content: Content,
  id: string,
  apiKey: string,
  given: Partial<ModelAttributes> = {},
): string {
  const attributes = { ...modelDefaults, name: apiKey, api_key: apiKey, ...given };
  content.models.set({ id, attributes, links: noModelLinks });
  const { menu_item, schema_menu_item } = content.entities;
  const position = schema_menu_item.size + 1;
  const kind = attributes.modular_block ? "modular_block" : "item_type";
  schema_menu_item.set({
    id: idFrom(`schema menu item of ${id}`),
    attributes: { label: null, position, kind },
    links: { item_type: id, parent: null },
  });
  if (!attributes.modular_block) {
    menu_item.set({
      id: idFrom(`menu item of ${id}`),
      attributes: { label: apiKey, position: menu_item.size + 1, external_url: null, open_in_new_tab: false },
      links: { item_type: id, item_type_filter: null, parent: null },
    });
  }
  return id;
}

/** The id that `addField` gives to a field where none is given. */
export function fieldIdOf(modelId: string, apiKey: string): string {
  return idFrom(`field ${apiKey} of ${modelId}`);
}

/** Adds a field behind the others of its model; its label is its api key. */
export function addField(
  content: Content,
  modelId: string,
  apiKey: string,
  type: FieldType,
  given: Partial<FieldAttributes> & { id?: string } = {},
): Field {
  const { id = fieldIdOf(modelId, apiKey), ...more } = given;
  const localized = more.localized ?? false;
  const field: Field = {
    id,
    modelId,
    fieldsetId: null,
    attributes: {
      label: apiKey,
      api_key: apiKey,
      field_type: type,
      hint: null,
      validators: {},
      position: content.fieldsOf(modelId).length + 1,
      appearance: appearanceOf(type),
      deep_filtering_enabled: false,
      content_link_enabled: true,
      ...more,
      localized,
      default_value: localized
        ? Object.fromEntries(content.site.locales.map((locale) => [locale, null]))
        : (more.default_value ?? null),
    },
  };
  content.fields.set(field);
  const model = content.models.get(modelId);
  if (type === "string" && model?.links.title_field === null) {
    content.models.set({ ...model, links: { ...model.links, title_field: id } });
  }
  return field;
}

/** What a record is beside its bodies; published: a body of its own, or true for the current one. */
export type ItemParts = Partial<Omit<Item, "current" | "published">> & {
  readonly published?: Values | boolean;
};

/**
 * @param at when it was written, milliseconds since 1970
 * @param version number of its current body; a published body of its own has the one before
 */
export function madeItem(
  { id, modelId, at, version }: { id: string; modelId: string; at: number; version: number },
  values: Values,
  { published = false, ...parts }: ItemParts = {},
): Item {
  const body = (number: number, held: Values): Version => ({
    id: String(number),
    updatedAt: recordDate(at),
    values: held,
  });
  const current = body(version, values);
  const publishedAt = published === false ? null : recordDate(at + 18);
  return {
    id,
    modelId,
    createdAt: recordDate(at),
    firstPublishedAt: publishedAt,
    publishedAt,
    creator: { id: "104280", type: "user" },
    stage: null,
    parentId: null,
    position: null,
    schedules: null,
    current,
    published: published === true ? current : published === false ? null : body(version - 1, published),
    ...parts,
  };
}

export function madeBlock(id: string, modelId: string, values: Values): Block {
  return new Block(id, modelId, values);
}

/** Structured text with these nodes below its root. */
export function text(...children: readonly unknown[]): Values {
  return { schema: "dast", document: { type: "root", children } };
}

export function paragraph(...children: readonly unknown[]): Values {
  return { type: "paragraph", children };
}

export function span(value: string): Values {
  return { type: "span", value };
}

/** The value of a file field. */
export function fileValue(upload_id: string, given: Values = {}): Values {
  return {
    upload_id,
    alt: null,
    title: null,
    custom_data: {},
    focal_point: null,
    poster_time: null,
    ...given,
  };
}

/** @param second the number before the name in its path */
export function madeUpload(
  { id, siteId, at, second }: { id: string; siteId: string; at: number; second: number },
  filename: string,
  bytes: Uint8Array | StoredFile,
  given: Partial<Upload> = {},
): Upload {
  const name = storedName(filename);
  const file = bytes instanceof Uint8Array ? fileOf(bytes, name.format) : bytes;
  const stored = name.format === null ? name.basename : `${name.basename}.${name.format}`;
  const date = new Date(at).toISOString();
  return {
    id,
    path: `/${siteId}/${second}-${stored}`,
    ...name,
    file,
    createdAt: date,
    updatedAt: date,
    author: null,
    notes: null,
    copyright: null,
    tags: [],
    metadata: { alt: {}, title: {}, custom_data: {}, focal_point: null, poster_time: null },
    creator: { id: "104280", type: "user" },
    collectionId: null,
    muxPlaybackId: file.mimeType.startsWith("video/") ? `mux-${file.md5.slice(0, 12)}` : null,
    antivirus: "clean",
    ...given,
  };
}
