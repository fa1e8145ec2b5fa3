import { expect, test } from "vitest";
import { block, blog, ofType } from "../emulator/content/support.ts";
import { archived, linesOf, memoryStore, textOf } from "./support.ts";

async function blogWithArticle() {
  const world = await blog();
  const { client, ids } = world;
  const author = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
  await client.items.create({
    item_type: ofType(ids.article),
    title: { en: "One" },
    author: author.id,
    sections: [block(ids.section, { heading: "H" })],
  });
  return world;
}

test("the records of excluded models are left out, which is declared and not incomplete", async () => {
  const world = await blogWithArticle();
  const store = memoryStore(world);
  const calls: string[] = [];
  const manifest = await archived(world, store, { excludedModels: ["author"], calls });
  expect(manifest).toMatchObject({
    partial: false,
    scope: { excludedModels: ["author"] },
    counts: { models: 4, records: 1, danglingLinks: 1 },
    warnings: [],
  });
  expect(await linesOf(store, manifest, "records/author/")).toEqual([]);
  expect(await linesOf(store, manifest, "records/article/")).toHaveLength(1);
  expect(await textOf(store, manifest, "schema/item_types.json")).toContain('"author"');
  const asked = calls.filter(
    (address) => new URL(address).searchParams.get("filter[type]") === world.ids.author,
  );
  expect(asked).toEqual([]);
});

test("a name of no model, or of a block model, excludes nothing and is told", async () => {
  const world = await blogWithArticle();
  const store = memoryStore(world);
  const manifest = await archived(world, store, { excludedModels: ["autor", "section"] });
  expect(manifest).toMatchObject({
    partial: false,
    scope: { excludedModels: [] },
    counts: { records: 2 },
    warnings: [
      { code: "EXCLUDED_MODEL_UNKNOWN", name: "autor", sentence: expect.stringContaining("autor") },
      { code: "EXCLUDED_MODEL_IS_BLOCK", name: "section" },
    ],
  });
});

test("a model of which DatoCMS counts more records than it sends makes the archive incomplete", async () => {
  const world = await blogWithArticle();
  const { fetch } = world.emulator;
  const counting: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (new URL(String(input)).searchParams.get("filter[type]") !== world.ids.author) return answer;
    const document = await answer.json();
    return Response.json({ ...document, meta: { total_count: 3 } });
  };
  const manifest = await archived(
    { ...world, emulator: { ...world.emulator, fetch: counting } },
    memoryStore(world),
  );
  expect(manifest).toMatchObject({
    partial: true,
    warnings: [{ code: "RECORDS_MISSING", name: "author", sentence: expect.stringContaining("2 more") }],
  });
});
