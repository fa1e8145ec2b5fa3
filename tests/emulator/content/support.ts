import { generateId } from "@datocms/cma-client-node";
import { expect } from "vitest";
import * as z from "zod";
import type { FieldType } from "../../../emulator/content/schema/field.ts";
import { emptyContent } from "../../../emulator/content/seed.ts";
import type { ProjectOptions } from "../../../emulator/emulator.ts";
import { type World, world } from "../support.ts";

export const newId = generateId;

/** A project with content, on virtual time, and the real client that talks to it. */
export function contentWorld(options: Partial<ProjectOptions> = {}): World {
  return world({ content: emptyContent, rateLimit: null, ...options });
}

export type Blog = World & {
  readonly ids: Readonly<Record<"author" | "article" | "quote" | "section", string>>;
};

/**
 * Authors without drafts, articles with drafts in two locales, and two block models: a section holds quotes.
 *
 * @param validators of an article's fields, by api key
 */
export async function blog(
  options: Partial<ProjectOptions> = {},
  validators: Readonly<Record<string, Record<string, unknown>>> = {},
): Promise<Blog> {
  const here = contentWorld(options);
  const { client, raw } = here;
  await client.site.update({ locales: ["en", "it"] });
  const author = await client.itemTypes.create({ name: "Author", api_key: "author" });
  await field(raw, author.id, "name", "string", { required: {} });
  const quote = await client.itemTypes.create({ name: "Quote", api_key: "quote", modular_block: true });
  await field(raw, quote.id, "words", "text", { length: { max: 40 } });
  const section = await client.itemTypes.create({ name: "Section", api_key: "section", modular_block: true });
  await field(raw, section.id, "heading", "string");
  await field(raw, section.id, "quotes", "rich_text", { rich_text_blocks: { item_types: [quote.id] } });
  const article = await client.itemTypes.create({
    name: "Article",
    api_key: "article",
    draft_mode_active: true,
    draft_saving_active: true,
  });
  const blocks = { item_types: [section.id, quote.id] };
  const add = (apiKey: string, type: FieldType, given: Record<string, unknown> = {}, localized = false) =>
    field(raw, article.id, apiKey, type, { ...given, ...validators[apiKey] }, localized);
  await add("title", "string", { required: {} }, true);
  await add("slug", "slug", { unique: {} });
  await add("author", "link", { item_item_type: { item_types: [author.id] } });
  await add("related", "links", { items_item_type: { item_types: [article.id] } });
  await add("sections", "rich_text", { rich_text_blocks: blocks });
  await add("body", "structured_text", {
    structured_text_blocks: blocks,
    structured_text_inline_blocks: { item_types: [quote.id] },
    structured_text_links: { item_types: [article.id] },
  });
  await add("views", "integer");
  return { ...here, ids: { author: author.id, article: article.id, quote: quote.id, section: section.id } };
}

const idIn = z.object({ data: z.object({ id: z.string() }) });

/**
 * Adds a field without the client, whose types want one call for each type of field.
 *
 * @returns its id
 */
export async function field(
  raw: World["raw"],
  modelId: string,
  api_key: string,
  field_type: FieldType,
  validators: Record<string, unknown> = {},
  localized = false,
): Promise<string> {
  const attributes = { label: api_key, api_key, field_type, validators, localized };
  const body = { data: { type: "field", attributes } };
  const accepted = await raw("POST", `/item-types/${modelId}/fields`, { body });
  expect(accepted.status).toBe(202);
  const job = idIn.parse(await accepted.json()).data.id;
  const result = await raw("GET", `/job-results/${job}`);
  const payload = z.object({ data: z.object({ attributes: z.object({ payload: idIn }) }) });
  return payload.parse(await result.json()).data.attributes.payload.data.id;
}

/** What an item needs to say of which model it is. */
export function ofType(id: string): { type: "item_type"; id: string } {
  return { type: "item_type", id };
}

/** A block as an object. */
export function block(modelId: string, attributes: Record<string, unknown>, id?: string) {
  return {
    type: "item" as const,
    ...(id === undefined ? {} : { id }),
    attributes,
    relationships: { item_type: { data: ofType(modelId) } },
  };
}

/** Structured text with these nodes below its root. */
export function dast(...children: unknown[]) {
  return { schema: "dast", document: { type: "root", children } };
}
