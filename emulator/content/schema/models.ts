import { Refusal } from "../../errors.ts";
import { type Edit, found, newIdFor, takenIn } from "../edit.ts";
import { addMenuItems, removeMenuItems } from "../project/menuOfModels.ts";
import { destroyItemsOf } from "../records/withdraw.ts";
import { withoutModel } from "./field.ts";
import {
  type Model,
  type ModelAttributes,
  type ModelLinks,
  modelDefaults,
  modelLinkTypes,
  noModelLinks,
} from "./model.ts";
import { removeBlocks } from "./rewrite.ts";

export type ModelChange = {
  readonly attributes: { readonly [Name in keyof ModelAttributes]?: ModelAttributes[Name] | undefined };
  readonly links: { readonly [Name in keyof ModelLinks]?: ModelLinks[Name] | undefined };
};

export type MenuOptions = {
  readonly skipMenuItem: boolean;
  readonly menuItemId: string | undefined;
  readonly schemaMenuItemId: string | undefined;
};

/** Creates a model, with the items of both menus that lead to it (facts 5.2, row 6). */
export function createModel(
  edit: Edit,
  id: string | undefined,
  change: ModelChange,
  menu: MenuOptions,
): Model {
  const { content } = edit;
  const { name, api_key } = change.attributes;
  if (name === undefined || api_key === undefined) {
    throw new Refusal("MISSING_FIELDS", { missing_fields: ["name", "api_key"] });
  }
  const model: Model = {
    id: newIdFor(edit, id, takenIn(edit, content.models)),
    attributes: { ...modelDefaults, ...defined(change.attributes), name, api_key },
    links: { ...noModelLinks, ...defined(change.links) },
  };
  assertFits(edit, model);
  content.models.set(model);
  addMenuItems(edit, model, menu);
  return model;
}

/** Changes attributes and links of a model; what is left out stays. */
export function updateModel(edit: Edit, id: string, change: ModelChange): Model {
  const { content } = edit;
  const before = found(content.models.get(id));
  const model: Model = {
    id,
    attributes: { ...before.attributes, ...defined(change.attributes) },
    links: { ...before.links, ...defined(change.links) },
  };
  assertFits(edit, model);
  content.models.set(model);
  const { sortable, tree } = model.attributes;
  if ((sortable || tree) && !before.attributes.sortable && !before.attributes.tree) numberItems(edit, id);
  return model;
}

/** Deletes a model with its records and fields; blocks of a block model go out of all records. */
export function destroyModel(edit: Edit, id: string): Model {
  const { content, unknowns } = edit;
  const model = found(content.models.get(id));
  if (model.attributes.modular_block) {
    const isNamed = [...content.fields.rows()].some((field) =>
      JSON.stringify(field.attributes.validators).includes(id),
    );
    if (isNamed && unknowns.blockModelInUse === "refuse") throw new Refusal("MODULAR_BLOCK_IN_USE");
    removeBlocks(edit, id);
  }
  destroyItemsOf(edit, id);
  for (const field of [...content.fields.rows()]) {
    if (field.modelId === id) content.fields.delete(field.id);
    else {
      const validators = withoutModel(field.attributes.validators, id);
      content.fields.set({ ...field, attributes: { ...field.attributes, validators } });
    }
  }
  for (const fieldsetId of [...content.fieldsets.ids(id)]) content.fieldsets.delete(fieldsetId);
  const { item_type_filter } = content.entities;
  for (const filter of [...item_type_filter.rows()]) {
    if (filter.links.item_type === id) item_type_filter.delete(filter.id);
  }
  removeMenuItems(edit, id);
  content.models.delete(id);
  return model;
}

function assertFits({ content }: Edit, { id, attributes, links }: Model): void {
  for (const other of content.models.rows()) {
    if (other.id === id) continue;
    for (const field of ["api_key", "name"] as const) {
      if (other.attributes[field] === attributes[field]) {
        throw new Refusal("INVALID_FIELD", { field, code: "VALIDATION_UNIQUENESS" });
      }
    }
  }
  const isOrderedBy = links.ordering_field !== null || attributes.ordering_meta !== null;
  if (isOrderedBy !== (attributes.ordering_direction !== null)) throw new Refusal("INVALID_ORDERING");
  for (const [name, type] of Object.entries(modelLinkTypes)) {
    const target = new Map(Object.entries(links)).get(name) ?? null;
    if (target === null) continue;
    const isThere =
      type === "field" ? content.fields.get(target)?.modelId === id : content.entities.workflow.has(target);
    if (!isThere) throw new Refusal("INVALID_FIELD", { field: name, code: "VALIDATION_INVALID" });
  }
}

function numberItems({ content }: Edit, modelId: string): void {
  for (const [index, item] of content.items.rowsOf(modelId).entries()) {
    content.items.set({ ...item, position: index + 1 });
  }
}

/** What is there of an object whose members may be undefined. */
export function defined<T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
