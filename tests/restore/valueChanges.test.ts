import { describe, expect, test } from "vitest";
import { type ValueChange, valueChanges } from "../../services/archive/restore/valueChanges.ts";
import type { Resource } from "../../services/sources/datocms/resource.ts";
import { schemaFrom } from "../../services/sources/datocms/schema.ts";
import type { Json, JsonObject } from "../../utils/json.ts";

const related = (type: string, id: string) => ({ data: { type, id } });

function field(model: string, api_key: string, field_type: string, localized = false): Resource {
  return {
    id: `${model}.${api_key}`,
    type: "field",
    attributes: { api_key, field_type, localized, validators: {} },
    relationships: { item_type: related("item_type", model) },
  };
}

function model(id: string, isBlock: boolean): Resource {
  return {
    id,
    type: "item_type",
    attributes: { api_key: id, name: id, modular_block: isBlock },
    relationships: {},
  };
}

const site: Resource = { id: "1", type: "site", attributes: { locales: ["en", "it"] } };
const schema = schemaFrom(site, [
  model("article", false),
  model("quote", true),
  model("list", true),
  field("article", "title", "string", true),
  field("article", "views", "integer"),
  field("article", "page", "text"),
  field("article", "author", "link"),
  field("article", "related", "links"),
  field("article", "image", "file"),
  field("article", "parts", "rich_text"),
  field("article", "body", "structured_text", true),
  field("quote", "words", "string"),
  field("list", "quotes", "rich_text"),
]);
const comparing = { schema, locales: undefined };

function record(attributes: JsonObject): Resource {
  return { id: "r", type: "item", attributes, relationships: { item_type: related("item_type", "article") } };
}

const block = (id: string, of: string, attributes: JsonObject): JsonObject => ({
  id,
  type: "item",
  attributes,
  relationships: { item_type: related("item_type", of) },
});
const quote = (id: string, words = id) => block(id, "quote", { words });
const text = (...children: Json[]): JsonObject => ({ schema: "dast", document: { type: "root", children } });
const paragraph = (value: string, ...more: Json[]): JsonObject => ({
  type: "paragraph",
  children: [{ type: "span", value }, ...more],
});

/** Changes in short: `title.en: a → b`. */
function lines(changes: readonly ValueChange[], indent = ""): string[] {
  return changes.flatMap(({ field, locale, from, to, blocks }) => [
    `${indent}${[field, ...(locale === null ? [] : [locale])].join(".")}${from === null && to === null ? "" : `: ${from} → ${to}`}`,
    ...blocks.flatMap(({ id, model, do: what, values }) => [
      `${indent}  ${what} ${model} ${id}`,
      ...lines(values, `${indent}    `),
    ]),
  ]);
}

const changed = (from: JsonObject, to: JsonObject) =>
  lines(valueChanges(record(from), record(to), comparing));

describe("what differs of a record is told", () => {
  test("value by value, locale by locale", () => {
    const from = { title: { en: "Hello", it: "Ciao" }, views: 3, author: "a" };
    const to = { title: { en: "Hello", it: "Salve", de: "Hallo" }, views: null, author: "b" };
    expect(changed(from, to)).toEqual([
      "title.it: Ciao → Salve",
      "title.de: null → Hallo",
      "views: 3 → null",
      "author: a → b",
    ]);
    expect(changed(from, from)).toEqual([]);
  });

  test("by the part of a long text in which it differs", () => {
    const start = "The quick brown fox jumps over the lazy dog. ".repeat(20);
    expect(changed({ page: `${start}And sleeps.\n` }, { page: `${start}And wakes.\n` })).toEqual([
      "page: …lazy dog. And sleeps. → …lazy dog. And wakes.",
    ]);
    expect(changed({ page: "a".repeat(500) }, { page: null })[0]?.length).toBeLessThan(80);
  });

  test("by what a record says of a file, and by the ids that it links to", () => {
    expect(
      changed({ image: { upload_id: "u", alt: "Old" } }, { image: { upload_id: "u", alt: "New" } }),
    ).toEqual(["image: u alt Old → u alt New"]);
    expect(
      changed({ image: { upload_id: "u" } }, { image: { upload_id: "u", alt: null, custom_data: {} } }),
    ).toEqual([]);
    expect(changed({ related: ["a", "b"] }, { related: ["a"] })).toEqual(["related: a, b → a"]);
  });

  test("block by block, in those within blocks too", () => {
    const from = {
      parts: [quote("a"), quote("b"), block("l", "list", { quotes: [quote("x"), quote("y")] })],
    };
    const to = {
      parts: [
        quote("a", "other"),
        block("l", "list", { quotes: [quote("y"), quote("x", "new")] }),
        quote("c"),
      ],
    };
    expect(changed(from, to)).toEqual([
      "parts",
      "  changed quote a",
      "    words: a → other",
      "  changed list l",
      "    quotes",
      "      changed quote x",
      "        words: x → new",
      "  added quote c",
      "  removed quote b",
    ]);
  });

  test("with as few blocks moved as there can be", () => {
    const parts = (...ids: string[]) => ({ parts: ids.map((id) => quote(id)) });
    expect(changed(parts("a", "b", "c", "d"), parts("b", "c", "d", "a"))).toEqual([
      "parts",
      "  moved quote a",
    ]);
    expect(changed(parts("a", "b", "c", "d"), parts("d", "a", "b", "c"))).toEqual([
      "parts",
      "  moved quote d",
    ]);
  });

  test("by the words of structured text, or by its blocks where only they differ", () => {
    const inline = (words: string): Json => ({ type: "inlineBlock", item: quote("q", words) });
    const from = { body: { en: text(paragraph("Hello", inline("x")), { type: "block", item: quote("b") }) } };
    const to = { body: { en: text(paragraph("Hi", inline("x"))) } };
    expect(changed(from, to)).toEqual(["body.en: Hello → Hi", "  removed quote b"]);
    expect(
      changed(from, {
        body: { en: text(paragraph("Hello", inline("y")), { type: "block", item: quote("b") }) },
      }),
    ).toEqual(["body.en", "  changed quote q", "    words: x → y"]);
    const marked = { type: "paragraph", children: [{ type: "span", value: "Hello", marks: ["strong"] }] };
    expect(changed({ body: { en: text(paragraph("Hello")) } }, { body: { en: text(marked) } })).toEqual([
      "body.en",
    ]);
  });
});
