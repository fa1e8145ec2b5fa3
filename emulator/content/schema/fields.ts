import { Refusal } from "../../errors.ts";
import { type Edit, found, newIdFor, takenIn } from "../edit.ts";
import { closeGap, lastPlace, makeRoom, type Placed } from "../positions.ts";
import { appearanceOf } from "./appearance.ts";
import { type Field, type FieldAttributes, modelsNamed } from "./field.ts";
import type { Model } from "./model.ts";
import { defined } from "./models.ts";
import { rewriteForField, rewriteValues } from "./rewrite.ts";

export type FieldChange = {
  readonly attributes: { readonly [Name in keyof FieldAttributes]?: FieldAttributes[Name] | undefined };
  /** Undefined: as it is. */
  readonly fieldsetId: string | null | undefined;
};

/** Creates a field; records that are there have null in it. */
export function createField(edit: Edit, modelId: string, id: string | undefined, change: FieldChange): Field {
  const { content } = edit;
  const model = found(content.models.get(modelId));
  const { label, api_key, field_type } = change.attributes;
  if (label === undefined || api_key === undefined || field_type === undefined) {
    throw new Refusal("MISSING_FIELDS", { missing_fields: ["label", "api_key", "field_type"] });
  }
  const fieldsetId = change.fieldsetId ?? null;
  const newId = newIdFor(edit, id, takenIn(edit, content.fields));
  const siblings = siblingsOf(edit, modelId, fieldsetId);
  const position = change.attributes.position ?? lastPlace(siblings);
  place(edit, makeRoom(siblings, position));
  const localized = change.attributes.localized ?? false;
  const field: Field = {
    id: newId,
    modelId,
    fieldsetId,
    attributes: {
      hint: null,
      validators: {},
      deep_filtering_enabled: false,
      content_link_enabled: true,
      ...defined(change.attributes),
      label,
      api_key,
      field_type,
      localized,
      position,
      appearance: appearanceOf(field_type, change.attributes.appearance),
      default_value: defaultOf(edit, localized, change.attributes.default_value),
    },
  };
  assertFits(edit, field);
  content.fields.set(field);
  rewriteValues(edit, modelId, (values) => ({
    ...values,
    [api_key]: localized ? emptyByLocale(edit, field, values) : null,
  }));
  takeAsModelField(edit, model, field);
  return field;
}

/** Changes a field; values follow its api key, its type, its locales and its list of blocks. */
export function updateField(edit: Edit, id: string, change: FieldChange): Field {
  const { content } = edit;
  const before = found(content.fields.get(id));
  const sent = defined(change.attributes);
  const fieldsetId = change.fieldsetId === undefined ? before.fieldsetId : change.fieldsetId;
  const moves =
    fieldsetId !== before.fieldsetId ||
    (sent.position ?? before.attributes.position) !== before.attributes.position;
  const localized = sent.localized ?? before.attributes.localized;
  const default_value =
    "default_value" in change.attributes ? change.attributes.default_value : before.attributes.default_value;
  const type = sent.field_type ?? before.attributes.field_type;
  const field: Field = {
    ...before,
    fieldsetId,
    attributes: {
      ...before.attributes,
      ...sent,
      position: moves ? movedTo(edit, before, fieldsetId, sent.position) : before.attributes.position,
      appearance:
        sent.appearance || type !== before.attributes.field_type
          ? appearanceOf(type, sent.appearance)
          : before.attributes.appearance,
      default_value: defaultOf(edit, localized, default_value),
    },
  };
  assertFits(edit, field);
  rewriteForField(edit, before, field);
  content.fields.set(field);
  return field;
}

/** Deletes a field with its values; its model no longer names it. */
export function destroyField(edit: Edit, id: string): Field {
  const { content } = edit;
  const field = found(content.fields.get(id));
  const model = found(content.models.get(field.modelId));
  rewriteValues(edit, field.modelId, ({ [field.attributes.api_key]: _gone, ...values }) => values);
  const siblings = siblingsOf(edit, field.modelId, field.fieldsetId).filter((each) => each.id !== id);
  place(edit, closeGap(siblings, field.attributes.position));
  content.fields.delete(id);
  const { links } = model;
  const unset = (target: string | null) => (target === id ? null : target);
  content.models.set({
    ...model,
    attributes:
      links.ordering_field === id ? { ...model.attributes, ordering_direction: null } : model.attributes,
    links: {
      ordering_field: unset(links.ordering_field),
      title_field: unset(links.title_field),
      image_preview_field: unset(links.image_preview_field),
      excerpt_field: unset(links.excerpt_field),
      presentation_title_field: unset(links.presentation_title_field),
      presentation_image_field: unset(links.presentation_image_field),
      workflow: links.workflow,
    },
  });
  return field;
}

/** Fields and fieldsets of a model stand in one order, those inside a fieldset in another (facts 5.1). */
export function siblingsOf({ content }: Edit, modelId: string, fieldsetId: string | null): Placed[] {
  const fields = content.fieldsOf(modelId).filter((field) => field.fieldsetId === fieldsetId);
  const fieldsets = fieldsetId === null ? content.fieldsets.rowsOf(modelId) : [];
  return [...fields, ...fieldsets].map(({ id, attributes: { position } }) => ({ id, position }));
}

/** Moves fields and fieldsets to their new positions. */
export function place({ content }: Edit, moved: readonly Placed[]): void {
  for (const { id, position } of moved) {
    const field = content.fields.get(id);
    if (field !== undefined) content.fields.set({ ...field, attributes: { ...field.attributes, position } });
    const fieldset = content.fieldsets.get(id);
    if (fieldset !== undefined) {
      content.fieldsets.set({ ...fieldset, attributes: { ...fieldset.attributes, position } });
    }
  }
}

function movedTo(edit: Edit, before: Field, fieldsetId: string | null, wanted: number | undefined): number {
  const others = (fieldset: string | null) =>
    siblingsOf(edit, before.modelId, fieldset).filter(({ id }) => id !== before.id);
  place(edit, closeGap(others(before.fieldsetId), before.attributes.position));
  const siblings = others(fieldsetId);
  const position = wanted ?? lastPlace(siblings);
  place(edit, makeRoom(siblings, position));
  return position;
}

/** The default of a localized field names every locale of the site (facts 1.3). */
function defaultOf({ content }: Edit, localized: boolean, value: unknown): unknown {
  if (!localized) return value ?? null;
  const byLocale = new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  return Object.fromEntries(content.site.locales.map((locale) => [locale, byLocale.get(locale) ?? null]));
}

/** Null in each locale that the record has in its other fields. */
function emptyByLocale({ content }: Edit, field: Field, values: Readonly<Record<string, unknown>>): object {
  const other = content
    .fieldsOf(field.modelId)
    .find(({ id, attributes }) => id !== field.id && attributes.localized);
  const value = other === undefined ? undefined : values[other.attributes.api_key];
  const locales =
    typeof value === "object" && value !== null ? Object.keys(value) : content.site.locales.slice(0, 1);
  return Object.fromEntries(locales.map((locale) => [locale, null]));
}

function assertFits({ content }: Edit, field: Field): void {
  const { label, api_key, validators, field_type } = field.attributes;
  for (const other of content.fieldsOf(field.modelId)) {
    if (other.id === field.id) continue;
    if (other.attributes.api_key === api_key) {
      throw new Refusal("INVALID_FIELD", { field: "api_key", code: "VALIDATION_UNIQUENESS" });
    }
    if (other.attributes.label === label) throw new Refusal("CLASHING_FIELD_LABELS");
  }
  const refuse = (what: string) => new Refusal("INVALID_FIELD", { field: what, code: "VALIDATION_INVALID" });
  if (modelsNamed(field).some((id) => !content.models.has(id))) throw refuse("validators");
  if (field.fieldsetId !== null && content.fieldsets.get(field.fieldsetId)?.modelId !== field.modelId) {
    throw refuse("fieldset");
  }
  const titleField = validators.slug_title_field?.title_field_id;
  if (
    field_type === "slug" &&
    typeof titleField === "string" &&
    content.fields.get(titleField)?.modelId !== field.modelId
  ) {
    throw refuse("validators");
  }
}

/** The first string field of a model becomes its title, the first file field its preview (facts 5.2, row 8). */
function takeAsModelField({ content }: Edit, model: Model, { id, attributes }: Field): void {
  const name =
    attributes.field_type === "string"
      ? "title_field"
      : attributes.field_type === "file"
        ? "image_preview_field"
        : null;
  if (name === null || model.links[name] !== null) return;
  content.models.set({ ...model, links: { ...model.links, [name]: id } });
}
