import type { Content, EntityType } from "../content.ts";
import type { Entity } from "../entity.ts";
import type { Values } from "../records/item.ts";
import type { SeedContext } from "../seed.ts";
import {
  fileValue,
  type ItemParts,
  madeBlock,
  madeItem,
  madeUpload,
  paragraph,
  span,
  text,
} from "./build.ts";
import { furnitureIds as ids } from "./furnitureIds.ts";
import { addFurnitureSchema } from "./furnitureSchema.ts";
import { nastyIds } from "./nastyIds.ts";

/** Adds one of everything that a restore must bring back and that the nasty project itself does not have. */
export function addFurniture(content: Content, context: SeedContext): void {
  addWorkflow(content);
  addFurnitureSchema(content);
  addUploads(content, context);
  addRecords(content, context);
  addNavigation(content);
}

function addEntity(
  content: Content,
  type: EntityType,
  id: string,
  attributes: Entity["attributes"],
  links: Entity["links"] = {},
): void {
  content.entities[type].set({ id, attributes, links });
}

function addWorkflow(content: Content): void {
  const stages = [
    { id: "draft", name: "Draft", description: null, initial: true },
    { id: "approved", name: "Approved", description: null, initial: false },
  ];
  addEntity(content, "workflow", ids.workflow, { name: "Review", api_key: "review", stages });
}

function addUploads(content: Content, { siteId, now }: SeedContext): void {
  const [outer, inner, other] = ids.collections;
  const add = (id: string, label: string, position: number, parent: string | null) =>
    addEntity(content, "upload_collection", id, { label, position }, { parent });
  add(outer, "Products", 1, null);
  add(inner, "Covers", 1, outer);
  add(other, "Films", 2, null);
  const given = {
    collectionId: inner,
    tags: ["cover", "print"],
    author: "A. Author",
    notes: "For print too",
    copyright: "CC0",
    metadata: {
      alt: { en: "A cover", it: "Una copertina", fr: null },
      title: { en: null, it: null, fr: null },
      custom_data: { en: { licence: "x" }, it: {}, fr: {} },
      focal_point: { x: 0.5, y: 0.1 },
      poster_time: null,
    },
  };
  const made = { id: ids.cover, siteId, at: now - 1000, second: 1_546_400_000 };
  content.uploads.set(madeUpload(made, "cover.txt", Buffer.from("a cover"), given));
}

function addRecords(content: Content, { now, mint }: SeedContext): void {
  const add = (id: string, modelId: string, values: Values, parts: ItemParts) => {
    mint.version();
    const made = { id, modelId, at: now - 60_000, version: Number(mint.version()) };
    content.items.set(madeItem(made, values, parts));
  };
  const { product, category } = ids.models;
  for (const [index, id] of ids.categories.entries())
    add(id, category, { name: `Category ${index + 1}` }, { published: true });
  const { published, updated, draft } = ids.products;
  const creator = { id: "104281", type: "user" };
  add(published, product, fullProduct(), { published: true, position: 1, stage: "approved", creator });
  add(updated, product, productNamed("Second now", "b", { sections: { en: [] } }), {
    published: productNamed("Second", "b", { sections: { en: [card("second")], it: [] } }),
    position: 2,
    stage: "draft",
  });
  add(draft, product, productNamed("Third", "c"), { position: 3, stage: "draft" });
}

function card(name: keyof typeof ids.blocks, given: Values = {}) {
  return madeBlock(ids.blocks[name], ids.models.card, {
    heading: `A ${name}`,
    image: fileValue(ids.cover),
    target: nastyIds.updated,
    quotes: [],
    ...given,
  });
}

function productNamed(name: string, sku: string, given: Values = {}): Values {
  return {
    name,
    sku,
    hero: null,
    sections: { en: [] },
    body: null,
    cover: null,
    seo: null,
    price: null,
    released: null,
    colour: null,
    place: null,
    clip: null,
    kind: "book",
    category: ids.categories[0],
    ...given,
  };
}

function fullProduct(): Values {
  const { cover, blocks, products } = ids;
  const quote = madeBlock(blocks.quote, nastyIds.models.quote, { words: "Said in a card" });
  return productNamed("First", "a", {
    hero: card("hero"),
    sections: { en: [card("card", { quotes: [quote] })], it: [card("italian")] },
    body: text(paragraph(span("See "), { type: "inlineItem", item: products.updated }), {
      type: "block",
      item: card("text"),
    }),
    cover: fileValue(cover, { alt: "Cover", custom_data: { a: 1 }, focal_point: { x: 0.1, y: 0.2 } }),
    seo: { title: "First", description: null, image: cover, twitter_card: "summary", no_index: false },
    price: 12.5,
    released: "2026-02-28",
    colour: { red: 255, green: 128, blue: 0, alpha: 255 },
    place: { latitude: 45.46, longitude: 9.19 },
    clip: {
      provider: "youtube",
      provider_uid: "x",
      url: "https://www.youtube.com/watch?v=x",
      width: 640,
      height: 480,
      thumbnail_url: "https://i.ytimg.com/x.jpg",
      title: "A clip",
    },
    category: ids.categories[1],
  });
}

function addNavigation(content: Content): void {
  const { menu, models, schemaFolder, itemTypeFilter, uploadFilter } = ids;
  addEntity(
    content,
    "item_type_filter",
    itemTypeFilter,
    {
      name: "Drafts",
      filter: { query: "", fields: { _status: { eq: "draft" } } },
      columns: [{ name: "_preview", width: 0.6 }],
      order_by: "_updated_at_ASC",
      shared: true,
    },
    { item_type: models.product },
  );
  addEntity(content, "upload_filter", uploadFilter, {
    name: "Big",
    filter: { fields: { size: { gt: 1000 } } },
    shared: true,
  });
  const last = content.entities.menu_item.size;
  const item = (id: string, label: string, place: number, given: Values, links: Entity["links"]) =>
    addEntity(
      content,
      "menu_item",
      id,
      { label, position: place, external_url: null, open_in_new_tab: false, ...given },
      { item_type: null, item_type_filter: null, parent: null, ...links },
    );
  item(menu.folder, "Shop", last + 1, {}, {});
  item(
    menu.filtered,
    "Drafts",
    1,
    {},
    { item_type: models.product, item_type_filter: itemTypeFilter, parent: menu.folder },
  );
  item(
    menu.link,
    "Our site",
    2,
    { external_url: "https://www.example", open_in_new_tab: true },
    { parent: menu.folder },
  );
  addEntity(
    content,
    "schema_menu_item",
    schemaFolder,
    { label: "Shop", position: content.entities.schema_menu_item.size + 1, kind: "item_type" },
    { item_type: null, parent: null },
  );
}
