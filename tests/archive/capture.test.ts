import { describe, expect, test } from "vitest";
import { block, blog, dast, ofType } from "../emulator/content/support.ts";
import { archived, keysOf, linesOf, memoryStore, storedManifest, textOf } from "./support.ts";

async function writtenBlog() {
  const here = await blog();
  const { client, ids } = here;
  const author = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
  const draft = await client.items.create({
    item_type: ofType(ids.article),
    title: { en: "Draft", it: "Bozza" },
    sections: [block(ids.section, { heading: "One", quotes: [block(ids.quote, { words: "deep" })] })],
    body: dast({ type: "block", item: block(ids.quote, { words: "in text" }) }),
    author: author.id,
  });
  const edited = await client.items.create({ item_type: ofType(ids.article), title: { en: "First" } });
  await client.items.publish(edited.id);
  await client.items.update(edited.id, { title: { en: "Second" } });
  return { ...here, author, draft, edited };
}

describe("an archive", () => {
  test("holds every record as DatoCMS sends it, its blocks and what is published of it", async () => {
    const { author, draft, edited, ids, ...world } = await writtenBlog();
    const store = memoryStore(world);
    const manifest = await archived(world, store);
    expect(await storedManifest(store, manifest.id)).toEqual(manifest);
    expect(manifest.counts).toMatchObject({ models: 4, records: 3, danglingLinks: 0 });

    const lines = await linesOf(store, manifest, "records/article/");
    const byId = new Map(lines.map((line) => JSON.parse(line)).map((line) => [line.id, line]));
    expect(byId.get(draft.id)).toMatchObject({
      model: ids.article,
      published: null,
      publishedIsCurrent: false,
      current: {
        meta: { status: "draft" },
        attributes: {
          title: { en: "Draft", it: "Bozza" },
          sections: [
            { type: "item", attributes: { quotes: [{ type: "item", attributes: { words: "deep" } }] } },
          ],
        },
      },
    });
    expect(byId.get(edited.id)).toMatchObject({
      current: { attributes: { title: { en: "Second" } } },
      published: { attributes: { title: { en: "First" } } },
      publishedIsCurrent: false,
    });
    const [ann] = await linesOf(store, manifest, "records/author/");
    expect(JSON.parse(ann ?? "")).toMatchObject({ id: author.id, published: null, publishedIsCurrent: true });
    expect(JSON.parse(await textOf(store, manifest, "schema/item_types.json"))).toHaveLength(4);
  });

  test("after which nothing was changed is taken over by the next one, with a listing's calls", async () => {
    const world = await writtenBlog();
    const store = memoryStore(world);
    const first = await archived(world, store);
    const before = await keysOf(store);
    await world.clock.advance(60_000);
    const calls: string[] = [];
    const second = await archived(world, store, { previous: first, random: "00000001", calls });
    expect(await linesOf(store, second, "records/")).toEqual(await linesOf(store, first, "records/"));
    const added = (await keysOf(store)).filter((key) => !before.includes(key));
    expect(added).toEqual([`archives/${second.id}/manifest.json`]);
    // No listing shows the published version of the one record that was edited since.
    const versions = calls
      .map((address) => new URL(address).searchParams)
      .filter((query) => query.get("nested") === "true")
      .map((query) => query.get("version"));
    expect(versions).toEqual(["current", "published"]);
    expect(second.counts).toEqual(first.counts);
  });
});
