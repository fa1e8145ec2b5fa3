import { idFrom } from "../ids.ts";

const id = (name: string) => idFrom(`furniture ${name}`);

/** What `nastyProject({ furnished: true })` holds besides the cases. */
export const furnitureIds = {
  models: {
    /** With drafts, a workflow, a fieldset and a field of every type; sorted by hand. */
    product: id("product"),
    /** Without drafts, ordered by its name. */
    category: id("category"),
    /** A block that holds blocks, an image and a link. */
    card: id("card"),
  },
  fieldset: id("fieldset"),
  products: {
    /** Published, in the stage "approved", with every value. */
    published: id("published product"),
    /** Its bodies differ in text, in blocks and in locales. */
    updated: id("updated product"),
    draft: id("draft product"),
  },
  categories: [id("category one"), id("category two")],
  /** The quote lies in the card. */
  blocks: {
    card: id("card of first"),
    quote: id("quote of first"),
    hero: id("card of hero"),
    italian: id("card of first in Italian"),
    second: id("card of second"),
    text: id("card of text"),
  },
  workflow: id("workflow"),
  /** The first holds the second. */
  collections: [id("collection"), id("inner collection"), id("other collection")],
  /** In the inner collection, with tags, notes and metadata; the products have it. */
  cover: id("cover"),
  menu: { folder: id("menu folder"), filtered: id("menu filtered"), link: id("menu link") },
  schemaFolder: id("schema folder"),
  itemTypeFilter: id("item type filter"),
  uploadFilter: id("upload filter"),
  plugin: id("colours plugin"),
} as const;
