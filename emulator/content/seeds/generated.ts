import { Content } from "../content.ts";
import { idFrom, idsOf } from "../ids.ts";
import type { Item, Values } from "../records/item.ts";
import type { ContentSeed, SeedContext } from "../seed.ts";
import { Deferred } from "../table.ts";
import type { Upload } from "../uploads/upload.ts";
import {
  addField,
  addModel,
  fileValue,
  madeBlock,
  madeItem,
  madeUpload,
  paragraph,
  span,
  text,
} from "./build.ts";
import { type Random, randomOf } from "./random.ts";

export type Size = {
  readonly records: number;
  /** The same seed gives the same project. Default 1. */
  readonly seed?: number;
  /** Default: a tenth of the records. */
  readonly uploads?: number;
};

/** Records of each model, in hundredths. */
const SHARES = { article: 50, note: 33, author: 5, product: 5, page: 5, glossary: 2 } as const;
type ModelName = keyof typeof SHARES;

const LOCALES =
  "en it de fr es pt nl sv da fi nb pl cs sk hu ro bg el tr uk lt lv et sl hr is ga mt ja ko".split(" ");
const DAY = 24 * 60 * 60_000;
/** Numbers of versions stay below those that the project makes later. */
const FIRST_VERSION = 100_000_000;

/**
 * A project of any size that takes next to no memory: records and assets are worked out when they are read. Half of
 * the records have blocks, some three KB of JSON each; 5 % are edited since their publication, 10 % are drafts, two
 * in 1,000 are scheduled. There are links in circles, unique slugs, a tree six deep and records in 30 locales.
 */
export function generatedContent(size: Size): ContentSeed {
  return (context) => {
    const content = new Content();
    const plan = planOf(size, context);
    content.site = { ...content.site, locales: LOCALES };
    addSchema(content, plan);
    content.uploads.fill(
      Array.from({ length: plan.uploads }, (_, index) => new GeneratedUpload(plan, index)),
    );
    for (const name of names) {
      content.items.fill(
        Array.from({ length: plan.counts[name] }, (_, index) => new GeneratedItem(plan, name, index)),
      );
    }
    for (let index = SCHEDULED; index < plan.counts.article; index += EVERY) {
      content.scheduled.set({ id: plan.item("article", index) });
    }
    return content;
  };
}

const EVERY = 250;
const SCHEDULED = 4;
const names = [
  "article",
  "note",
  "author",
  "product",
  "page",
  "glossary",
] as const satisfies readonly ModelName[];

type Plan = {
  readonly context: SeedContext;
  readonly seed: number;
  readonly uploads: number;
  readonly counts: Readonly<Record<ModelName, number>>;
  model(name: string): string;
  item(name: ModelName, index: number): string;
  upload(index: number): string;
  block(number: number): string;
};

function planOf({ records, seed = 1, uploads = Math.ceil(records / 10) }: Size, context: SeedContext): Plan {
  const share = (name: ModelName) => Math.floor((records * SHARES[name]) / 100);
  const others = {
    note: share("note"),
    author: share("author"),
    product: share("product"),
    page: share("page"),
    glossary: share("glossary"),
  };
  const models = new Map(
    [...names, "quote", "section"].map((name) => [name, idFrom(`seed ${seed} model ${name}`)]),
  );
  const of = (name: ModelName) => idsOf(`seed ${seed} ${name}`);
  const items: Readonly<Record<ModelName, (index: number) => string>> = {
    article: of("article"),
    note: of("note"),
    author: of("author"),
    product: of("product"),
    page: of("page"),
    glossary: of("glossary"),
  };
  const rest = Object.values(others).reduce((sum, count) => sum + count, 0);
  return {
    context,
    seed,
    uploads,
    counts: { article: records - rest, ...others },
    model: (name) => models.get(name) ?? "",
    item: (name, index) => items[name](index),
    upload: idsOf(`seed ${seed} upload`),
    block: idsOf(`seed ${seed} block`),
  };
}

function addSchema(content: Content, plan: Plan): void {
  const id = plan.model;
  addModel(content, id("quote"), "quote", { modular_block: true });
  addField(content, id("quote"), "words", "text");
  addModel(content, id("section"), "section", { modular_block: true });
  addField(content, id("section"), "heading", "string");
  addField(content, id("section"), "image", "file");
  addField(content, id("section"), "quotes", "rich_text", {
    validators: { rich_text_blocks: { item_types: [id("quote")] } },
  });
  for (const name of names) {
    const hasDrafts = name !== "author";
    addModel(content, id(name), name, {
      draft_mode_active: hasDrafts,
      sortable: name === "product",
      tree: name === "page",
    });
    addField(content, id(name), "title", "string", { validators: { required: {} }, localized: true });
    addField(content, id(name), "slug", "slug", { validators: { unique: {} } });
    addField(content, id(name), "notes", "text");
  }
  const article = id("article");
  addField(content, article, "author", "link", {
    validators: { item_item_type: { item_types: [id("author")] } },
  });
  addField(content, article, "related", "links", {
    validators: { items_item_type: { item_types: [article] } },
  });
  addField(content, article, "cover", "file");
  const blocks = { item_types: [id("section")] };
  addField(content, article, "sections", "rich_text", { validators: { rich_text_blocks: blocks } });
  addField(content, article, "body", "structured_text", {
    localized: true,
    validators: {
      structured_text_blocks: { item_types: [id("quote")] },
      structured_text_inline_blocks: { item_types: [] },
      structured_text_links: { item_types: [article] },
    },
  });
}

class GeneratedItem extends Deferred<Item> {
  readonly #plan: Plan;
  readonly #name: ModelName;
  readonly #index: number;

  constructor(plan: Plan, name: ModelName, index: number) {
    super(plan.item(name, index), plan.model(name));
    this.#plan = plan;
    this.#name = name;
    this.#index = index;
  }

  make(): Item {
    const [plan, name, index] = [this.#plan, this.#name, this.#index];
    const number = names.indexOf(name) * 1_000_000 + index;
    const random = randomOf(plan.seed * 7919 + number);
    const at = plan.context.now - DAY * (1 + random.below(700));
    const version = FIRST_VERSION + number * 10 + 5;
    const values = valuesOf(plan, name, index, random);
    const state = index % 20;
    const isDraft = name !== "author" && (state === 4 || state === 5);
    const isEdited = name !== "author" && state === 7;
    const isScheduled = name === "article" && index % EVERY === SCHEDULED;
    const published = isEdited ? { ...values, notes: `Before: ${index}` } : !isDraft;
    return madeItem({ id: this.id, modelId: this.group, at, version }, values, {
      published,
      ...placeOf(plan, name, index),
      ...(isScheduled
        ? {
            schedules: {
              publication: {
                id: idFrom(`${this.id} schedule`),
                at: plan.context.now + 30 * DAY,
                selective: null,
              },
              unpublishing: null,
            },
          }
        : {}),
    });
  }
}

/** Pages stand in chains of six below each other, products in one row. */
function placeOf(plan: Plan, name: ModelName, index: number): Partial<Pick<Item, "parentId" | "position">> {
  if (name === "product") return { position: index + 1 };
  if (name !== "page") return {};
  return index % 6 === 0
    ? { position: index / 6 + 1 }
    : { position: 1, parentId: plan.item("page", index - 1) };
}

function valuesOf(plan: Plan, name: ModelName, index: number, random: Random): Values {
  const locales = name === "glossary" ? LOCALES : LOCALES.slice(0, 2);
  const byLocale = (value: (locale: string) => unknown) =>
    Object.fromEntries(locales.map((locale) => [locale, value(locale)]));
  const common = {
    title: byLocale((locale) => `${random.words(4)} ${locale}`),
    slug: `${name}-${index}`,
    notes: random.words(name === "article" ? 20 : 60),
  };
  if (name !== "article") return common;
  const other = index ^ 1;
  return {
    ...common,
    author: plan.counts.author === 0 ? null : plan.item("author", index % plan.counts.author),
    related: other < plan.counts.article ? [plan.item("article", other)] : [],
    cover: coverOf(plan, index),
    sections: [0, 1].map((part) => sectionOf(plan, index, part, random)),
    body: byLocale((locale) => bodyOf(plan, index, locale, random)),
  };
}

/** Numbers of blocks that each article has for itself. */
const BLOCKS = 8;

function coverOf(plan: Plan, index: number): Values | null {
  return plan.uploads === 0 ? null : fileValue(plan.upload(index % plan.uploads), { alt: `Cover ${index}` });
}

function sectionOf(plan: Plan, index: number, part: number, random: Random): unknown {
  const id = (place: number) => plan.block(index * BLOCKS + part * 2 + place);
  const quote = madeBlock(id(0), plan.model("quote"), { words: random.words(25) });
  return madeBlock(id(1), plan.model("section"), {
    heading: random.words(5),
    image: coverOf(plan, index + part),
    quotes: [quote],
  });
}

function bodyOf(plan: Plan, index: number, locale: string, random: Random): Values {
  const quote = plan.block(index * BLOCKS + 4 + LOCALES.indexOf(locale));
  const other = plan.item("article", Math.min(index ^ 1, plan.counts.article - 1));
  return text(
    { type: "heading", level: 2, children: [span(random.words(5))] },
    paragraph(span(random.words(60)), { type: "itemLink", item: other, children: [span(random.words(2))] }),
    { type: "block", item: madeBlock(quote, plan.model("quote"), { words: random.words(25) }) },
    paragraph(span(random.words(60))),
  );
}

class GeneratedUpload extends Deferred<Upload> {
  readonly #plan: Plan;
  readonly #index: number;

  constructor(plan: Plan, index: number) {
    super(plan.upload(index), "");
    this.#plan = plan;
    this.#index = index;
  }

  make(): Upload {
    const { context, seed } = this.#plan;
    // One in fifty has the bytes of the one before.
    const twin = this.#index % 50 === 1 ? this.#index - 1 : this.#index;
    const random = randomOf(seed * 104_729 + twin);
    const isImage = twin % 5 < 3;
    const content = Buffer.from(random.words(40 + random.below(60)));
    const bytes = isImage ? Buffer.concat([PNG_HEAD, content]) : content;
    const at = context.now - DAY * (1 + random.below(700));
    const second = 1_600_000_000 + this.#index;
    return madeUpload(
      { id: this.id, siteId: context.siteId, at, second },
      `file-${this.#index}.${isImage ? "png" : "txt"}`,
      bytes,
    );
  }
}

/** Enough of a PNG to tell its size: 8 by 8 pixels. */
const PNG_HEAD = Buffer.from("89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc", "hex");
