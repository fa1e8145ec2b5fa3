import type { Content } from "../content.ts";
import { addField, addModel } from "./build.ts";
import { furnitureIds as ids } from "./furnitureIds.ts";
import { nastyIds } from "./nastyIds.ts";

/** Adds the models of the furniture: a block with blocks in it, one without drafts, one with everything. */
export function addFurnitureSchema(content: Content): void {
  const { card, category } = ids.models;
  const { quote, article } = nastyIds.models;
  addModel(content, card, "card", { modular_block: true });
  addField(content, card, "heading", "string", { validators: { required: {} } });
  addField(content, card, "image", "file");
  addField(content, card, "target", "link", {
    validators: { item_item_type: { item_types: [article] } },
  });
  addField(content, card, "quotes", "rich_text", {
    validators: { rich_text_blocks: { item_types: [quote] } },
  });
  addModel(content, category, "category");
  const name = addField(content, category, "name", "string", { validators: { required: {}, unique: {} } });
  order(content, category, name.id);
  addProduct(content);
}

function order(content: Content, modelId: string, fieldId: string): void {
  const model = content.models.get(modelId);
  if (model === undefined) return;
  content.models.set({
    ...model,
    attributes: { ...model.attributes, ordering_direction: "asc" },
    links: { ...model.links, ordering_field: fieldId },
  });
}

function addProduct(content: Content): void {
  const { product, card, category } = ids.models;
  const { quote } = nastyIds.models;
  addModel(content, product, "product", {
    sortable: true,
    draft_mode_active: true,
    hint: "What we sell",
  });
  const fieldsetId = ids.fieldset;
  content.fieldsets.set({
    id: fieldsetId,
    modelId: product,
    attributes: { title: "Details", hint: null, position: 20, collapsible: true, start_collapsed: true },
  });
  addField(content, product, "name", "string", { validators: { required: {}, length: { max: 40 } } });
  addField(content, product, "sku", "string", { validators: { unique: {} } });
  addField(content, product, "hero", "single_block", {
    validators: { single_block_blocks: { item_types: [card] } },
  });
  addField(content, product, "sections", "rich_text", {
    localized: true,
    validators: { rich_text_blocks: { item_types: [card, quote] }, size: { max: 10 } },
  });
  addField(content, product, "body", "structured_text", {
    validators: {
      structured_text_blocks: { item_types: [card] },
      structured_text_inline_blocks: { item_types: [] },
      structured_text_links: { item_types: [product], on_reference_delete_strategy: "delete_references" },
    },
  });
  const cover = addField(content, product, "cover", "file", {
    validators: { extension: { extensions: ["txt"] } },
  });
  addField(content, product, "seo", "seo");
  for (const [key, type] of detailTypes) {
    const field = addField(content, product, key, type);
    content.fields.set({ ...field, fieldsetId });
  }
  addField(content, product, "kind", "string", {
    validators: { enum: { values: ["book", "film"] } },
    appearance: {
      editor: ids.plugin,
      parameters: { shade: 1 },
      field_extension: "colours",
      addons: [{ id: ids.plugin, parameters: {}, field_extension: "preview" }],
    },
  });
  addField(content, product, "category", "link", {
    validators: { required: {}, item_item_type: { item_types: [category] } },
  });
  const model = content.models.get(product);
  if (model === undefined) return;
  content.models.set({
    ...model,
    links: { ...model.links, image_preview_field: cover.id, workflow: ids.workflow },
  });
}

const detailTypes = [
  ["price", "float"],
  ["released", "date"],
  ["colour", "color"],
  ["place", "lat_lon"],
  ["clip", "video"],
] as const;
