import { describe, expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { type SearchResult, searchRecords } from "../../services/archive/restore/search.ts";
import { searchableArchive, searchableEnvironment } from "../../services/archive/restore/searchable.ts";
import { searchQueryFrom } from "../../services/archive/restore/searchQuery.ts";
import { NOTHING_HIDDEN, openSnapshot } from "../../services/archive/restore/snapshot.ts";
import type { Store } from "../../services/stores/store.ts";
import { archived, memoryStore } from "../archive/support.ts";
import { blog } from "../emulator/content/support.ts";
import { value } from "../stores/conformance.ts";
import { access } from "./schemaSupport.ts";
import { nastySite } from "./support.ts";

/** A blog with some articles, in an archive and as it is. */
async function library() {
  const world = await blog();
  const { client, ids, clock } = world;
  const write = async (title: object) => {
    await clock.advance(60_000);
    return (await client.items.create({ item_type: { type: "item_type", id: ids.article }, title })).id;
  };
  const coffee = await write({ en: "The Café in Rome", it: "Il caffè a Roma" });
  const tea = await write({ en: "Tea", it: "Tè" });
  const both = await write({ en: "Coffee or tea?", it: "Caffè o tè?" });
  const author = { item_type: { type: "item_type" as const, id: ids.author }, name: "Tea Leoni" };
  const leoni = (await client.items.create(author)).id;
  const store = memoryStore(world);
  const manifest = await archived(world, store);
  const archive = async (erased: readonly string[] = [], from: Store = store) =>
    searchableArchive(
      value(await openSnapshot(from, manifest, manifest.id, { ...NOTHING_HIDDEN, records: new Set(erased) })),
      manifest.id,
    );
  const { reader } = access(world);
  const schema = value(await clock.run(() => reader.schema()));
  return {
    ...world,
    coffee,
    tea,
    both,
    leoni,
    store,
    archive,
    environment: searchableEnvironment(reader, schema),
  };
}

type Library = Awaited<ReturnType<typeof library>>;
const places = ["archive", "environment"] as const;

async function found(library: Library, place: (typeof places)[number], text: string, most = 10) {
  const searchable = place === "archive" ? await library.archive() : library.environment;
  const query = searchQueryFrom(text);
  if (query === undefined) throw new Error("Nothing is looked for");
  return value(await library.clock.run(() => searchRecords(searchable, query, most)));
}

const idsIn = (result: SearchResult) => result.found.map(({ id }) => id);

describe.each(places)("in an %s", (place) => {
  test("records are found by a part of their title in any locale, without case and accents, the newest first", async () => {
    const here = await library();
    expect(idsIn(await found(here, place, "CAFFE"))).toEqual([here.both, here.coffee]);
    expect(idsIn(await found(here, place, "tea"))).toEqual([here.leoni, here.both, here.tea]);
    expect(await found(here, place, "nothing like it")).toEqual({ found: [], total: 0 });
  });

  test("so many are told as were asked for, and how many there are", async () => {
    const here = await library();
    const result = await found(here, place, "tea", 2);
    expect(result.total).toBe(3);
    expect(idsIn(result)).toEqual([here.leoni, here.both]);
  });

  test("a model's API key or name finds all its records", async () => {
    const here = await library();
    expect(idsIn(await found(here, place, "article"))).toEqual([here.both, here.tea, here.coffee]);
    expect(idsIn(await found(here, place, "Author"))).toEqual([here.leoni]);
  });

  test("an id or an editor's address finds one, with what is to be known of it", async () => {
    const here = await library();
    const model = { id: here.ids.article, apiKey: "article", name: "Article" };
    const status = "draft";
    const expected = {
      total: 1,
      found: [{ id: here.tea, model, title: "Tea", status, updatedAt: expect.stringMatching(/^2026-/) }],
    };
    expect(await found(here, place, here.tea)).toEqual(expected);
    const path = `/environments/main/editor/item_types/${here.ids.article}/items/${here.tea}/edit`;
    expect(await found(here, place, `https://blog.admin.datocms.com${path}`)).toEqual(expected);
    const gone = path.replace(here.tea, "gone");
    expect(await found(here, place, `https://blog.admin.datocms.com${gone}`)).toEqual({
      found: [],
      total: 0,
    });
  });
});

test("what was erased is not found", async () => {
  const here = await library();
  const searchable = await here.archive([here.tea]);
  for (const words of ["tea", here.tea, "article"])
    expect(idsIn(value(await searchRecords(searchable, { kind: "words", words }, 10)))).not.toContain(
      here.tea,
    );
});

test("an archive that is damaged is told", async () => {
  const here = await library();
  const searchable = await here.archive();
  for (const { key } of value(await here.store.list({ prefix: "objects/" })).objects)
    await here.store.put(key, new Uint8Array(3));
  const result = await searchRecords(searchable, { kind: "words", words: "tea" }, 10);
  expect(result).toMatchObject({ ok: false, failure: { cause: "ARCHIVE_DAMAGED" } });
});

test("every record of the nasty project is found by its id, and blocks are not", async () => {
  const site = nastySite();
  const store = memoryStore(site);
  const manifest = await archived(site, store);
  const searchable = searchableArchive(value(await openSnapshot(store, manifest, manifest.id)), manifest.id);
  const search = async (words: string) =>
    idsIn(value(await searchRecords(searchable, { kind: "words", words }, 10)));
  for (const id of [nastyIds.text, nastyIds.legacy, nastyIds.home, nastyIds.values])
    expect(await search(id)).toEqual([id]);
  expect(await search(nastyIds.sharedBlock)).toEqual([]);
});
