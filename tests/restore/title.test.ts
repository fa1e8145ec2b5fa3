import { expect, test } from "vitest";
import { titleOf, titlesOf } from "../../services/archive/restore/title.ts";
import type { Resource } from "../../services/sources/datocms/resource.ts";
import { schemaFrom } from "../../services/sources/datocms/schema.ts";
import type { JsonObject } from "../../utils/json.ts";

const related = (type: string, id: string) => ({ data: { type, id } });

function field(id: string, field_type: string, position: number, localized = false): Resource {
  return {
    id,
    type: "field",
    attributes: { api_key: id, field_type, position, localized, validators: {} },
    relationships: { item_type: related("item_type", "m") },
  };
}

/** A model with these fields. */
function schema(fields: readonly Resource[], titleField?: string) {
  const site: Resource = { id: "1", type: "site", attributes: { locales: ["en", "it"] } };
  const model: Resource = {
    id: "m",
    type: "item_type",
    attributes: { api_key: "article", name: "Article", modular_block: false },
    relationships: { title_field: titleField === undefined ? { data: null } : related("field", titleField) },
  };
  return schemaFrom(site, [model, ...fields]);
}

function record(attributes: JsonObject): { current: Resource } {
  const relationships = { item_type: related("item_type", "m") };
  return { current: { id: "r", type: "item", attributes, relationships } };
}

test("a record is known by its model's title field, in the first locale of the project that has a text", () => {
  const fields = [field("code", "string", 1), field("name", "text", 2, true)];
  const { current } = record({ code: "A-1", name: { de: "Hallo", it: "Ciao", en: " " } });
  expect(titleOf({ current }, schema(fields, "name"))).toBe("Ciao");
  expect(titlesOf({ current }, schema(fields, "name"))).toEqual(["Ciao", "Hallo"]);
});

test("without one by its first field of one line", () => {
  const fields = [field("second", "string", 2), field("page", "text", 1), field("first", "string", 1)];
  const line = record({ second: "two", page: "long", first: "one" });
  expect(titleOf(line, schema(fields))).toBe("one");
});

test("where the title field is empty, or holds a link, by the first field of one line too", () => {
  const fields = [field("name", "string", 2), field("author", "link", 3), field("code", "string", 1)];
  expect(titleOf(record({ name: null, code: "A-1" }), schema(fields, "name"))).toBe("A-1");
  expect(titleOf(record({ author: "an-id", code: "A-1" }), schema(fields, "author"))).toBe("A-1");
});

test("a title is cut, and may be missing", () => {
  const fields = [field("name", "string", 1)];
  expect(titleOf(record({ name: "a".repeat(500) }), schema(fields))).toHaveLength(120);
  expect(titleOf(record({ name: null }), schema(fields))).toBeUndefined();
  expect(titleOf(record({ name: "x" }), schema([], "gone"))).toBeUndefined();
});
