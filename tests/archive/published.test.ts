import { describe, expect, test } from "vitest";
import { findArchive } from "../../services/archive/archives.ts";
import { verifyArchive } from "../../services/archive/verify/verify.ts";
import { createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { type ContentReader, createContentReader } from "../../services/sources/datocms/contentReader.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import { mapped } from "../../utils/failures.ts";
import { block, blog, ofType } from "../emulator/content/support.ts";
import { TOKEN } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { archived, linesOf, memoryStore } from "./support.ts";

/** Published articles, of which a change of the schema has reached only what is edited. */
async function halfChanged(count: number) {
  const world = await blog({ contentUnknowns: { schemaChangesReachPublished: false } });
  const { client, ids } = world;
  const fields = await client.fields.list(ids.article);
  const title = fields.find(({ api_key }) => api_key === "title")?.id ?? "";
  const publishedArticle = async (number: number) => {
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: `Article ${number}` },
      sections: [block(ids.section, { heading: `Heading ${number}` })],
    });
    await client.items.publish(id);
    return id;
  };
  const articles: string[] = [];
  for (let number = 0; number < count; number += 1) articles.push(await publishedArticle(number));
  await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
  const change = () => client.fields.update(title, { localized: false });
  return { world, articles, publishedArticle, change };
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

describe("of records that DatoCMS calls published", () => {
  test("both versions are stored where a sample shows that they differ", async () => {
    const { world, change } = await halfChanged(40);
    await change();
    const store = memoryStore(world);
    const manifest = await archived(world, store);
    const articles = parsed(await linesOf(store, manifest, "records/article/"));
    expect(articles).toHaveLength(40);
    for (const { current, published, publishedIsCurrent } of articles) {
      expect(current.meta.status).toBe("published");
      expect(current.attributes.title).toMatch(/^Article \d+$/);
      expect(publishedIsCurrent).toBe(false);
      expect(published.attributes.title).toEqual({ en: current.attributes.title });
      expect(published.attributes.sections).toEqual(current.attributes.sections);
    }
    expect(parsed(await linesOf(store, manifest, "records/author/"))).toMatchObject([
      { published: null, publishedIsCurrent: true },
    ]);
    expect(manifest.partial).toBe(false);
    expect(manifest.warnings).toMatchObject([{ code: "PUBLISHED_DIFFERS", name: "article" }]);
    expect(manifest.files.filter(({ path }) => path.startsWith("index/"))).toHaveLength(2);
    const verified = await verifyArchive(store, value(await findArchive(store, "latest")), "deep");
    expect(value(verified).problems).toEqual([]);
  });

  test("all are read anew where one of the few that were edited shows it, and not taken over", async () => {
    const { world, publishedArticle } = await halfChanged(12);
    const store = memoryStore(world);
    const first = await archived(world, store);
    await publishedArticle(13);
    const api = createContentApi({
      ...{ token: TOKEN, baseUrl: undefined, environment: "main", clock: world.clock },
      ...{ fetch: world.emulator.fetch, pacing: createPacing(world.clock, 1_000) },
    });
    const honest = createContentReader(api, "main");
    const reader: ContentReader = {
      ...honest,
      recordsById: async (ids, version, withBlocks) =>
        mapped(await honest.recordsById(ids, version, withBlocks), (records) =>
          version === "current"
            ? records
            : records.map((record) => ({ ...record, attributes: { ...record.attributes, slug: "old" } })),
        ),
    };
    const second = await archived(world, store, { previous: first, random: "00000002", reader });
    const articles = parsed(await linesOf(store, second, "records/article/"));
    expect(articles).toHaveLength(13);
    for (const { published } of articles) expect(published.attributes.slug).toBe("old");
    // What nobody has edited was not looked at.
    expect(parsed(await linesOf(store, second, "records/author/"))).toMatchObject([{ published: null }]);
  });

  test("one call compares some of each model where they are equal, and none where nothing is read anew", async () => {
    const { world } = await halfChanged(40);
    const store = memoryStore(world);
    const calls: string[] = [];
    const first = await archived(world, store, { calls });
    const compared = () => calls.filter((address) => address.includes("version=published"));
    expect(compared()).toHaveLength(1);
    const articles = parsed(await linesOf(store, first, "records/article/"));
    expect(
      articles.every(({ published, publishedIsCurrent }) => publishedIsCurrent && published === null),
    ).toBe(true);
    calls.length = 0;
    await archived(world, store, { previous: first, random: "00000002", calls });
    expect(compared()).toEqual([]);
  });
});
