import { expect, test } from "vitest";
import { searchQueryFrom } from "../../services/archive/restore/searchQuery.ts";

const MODEL = "fM8Cze8XSDuNrzQmNk0kCw";
const RECORD = "A2ETOZqGQ7yYEze_frbJvg";
const path = `/editor/item_types/${MODEL}/items/${RECORD}`;

test("an editor's address names a record, in whatever environment it is", () => {
  const address = { kind: "address", modelId: MODEL, recordId: RECORD };
  for (const text of [
    `https://blog-6449.admin.datocms.com${path}/edit`,
    `https://blog-6449.admin.datocms.com/environments/main${path}/edit`,
    `  https://cms.example.com/environments/a-sandbox${path}/edit?locale=it#fieldPath=title.it `,
    `https://blog-6449.admin.datocms.com${path}`,
  ])
    expect(searchQueryFrom(text), text).toEqual(address);
  const legacy = "https://blog.admin.datocms.com/editor/item_types/1869248/items/112935576/edit";
  expect(searchQueryFrom(legacy)).toEqual({ kind: "address", modelId: "1869248", recordId: "112935576" });
});

test("anything else is words", () => {
  for (const text of [RECORD, "112935576", "article", "My first post", "https://example.com/a", path, "%"])
    expect(searchQueryFrom(text)).toEqual({ kind: "words", words: text });
});

test("nothing, and more than anybody types, is no query", () => {
  expect(searchQueryFrom("  \n")).toBeUndefined();
  expect(searchQueryFrom("a".repeat(501))).toBeUndefined();
});
