import { describe, expect, test } from "vitest";
import type { Manifest } from "../../services/archive/manifest.ts";
import { type Blog, block, blog, ofType } from "../emulator/content/support.ts";
import { archive, archived, dyingAfter, keysOf, linesOf, memoryStore, storedManifest } from "./support.ts";

const ARTICLES = 250;
const DAY_MS = 24 * 60 * 60_000;

/** Articles that each hold a block, ten of them published and edited since. */
async function grownBlog(count = ARTICLES) {
  const world = await blog();
  const { client, ids } = world;
  const articles: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: `Article ${number}` },
      sections: [block(ids.section, { heading: `Heading ${number}` })],
    });
    articles.push(id);
  }
  for (const id of articles.slice(0, 10)) {
    await client.items.publish(id);
    await client.items.update(id, { title: { en: "Edited since" } });
  }
  return { world, articles };
}

/** Changes a title, a block alone, what is published, and removes and adds a record. */
async function edit({ client, ids }: Blog, articles: readonly string[]) {
  const [first = "", second = "", third = "", , , last = ""] = articles;
  await client.items.update(first, { title: { en: "Another title" } });
  const nested = await client.items.find(second, { nested: true });
  const [section] = Array.isArray(nested.sections) ? nested.sections : [];
  await client.items.update(second, {
    sections: [{ type: "item", id: section.id, attributes: { heading: "Another heading" } }],
  });
  await client.items.publish(third);
  await client.items.destroy(last);
  await client.items.create({ item_type: ofType(ids.article), title: { en: "New" } });
}

describe("an archive that takes over what has not changed", () => {
  test("holds just what one holds that reads everything", async () => {
    const { world, articles } = await grownBlog();
    const store = memoryStore(world);
    const first = await archived(world, store);
    await edit(world, articles);
    const calls: string[] = [];
    const second = await archived(world, store, { previous: first, random: "00000002", calls });
    const elsewhere = memoryStore(world);
    const full = await archived(world, elsewhere);
    expect(await linesOf(store, second, "records/")).toEqual(await linesOf(elsewhere, full, "records/"));
    expect(second.counts).toEqual(full.counts);
    // One page of what changed, one of what is published of it, and one that compares the two.
    expect(calls.filter((address) => address.includes("nested=true"))).toHaveLength(3);
  });

  test("reads every record again after 30 days, whatever its listing says", async () => {
    const { world } = await grownBlog(40);
    const store = memoryStore(world);
    const nested = async (previous: Manifest, random: string) => {
      const calls: string[] = [];
      const made = await archived(world, store, { previous, random, calls });
      return { made, pages: calls.filter((address) => address.includes("nested=true")).length };
    };
    const first = await archived(world, store);
    await world.clock.advance(29 * DAY_MS);
    const second = await nested(first, "00000002");
    // Both versions of the record that is edited.
    expect(second.pages).toBe(2);
    await world.clock.advance(DAY_MS);
    const third = await nested(second.made, "00000003");
    expect(third.pages).toBeGreaterThan(2);
    expect((await nested(third.made, "00000004")).pages).toBe(2);
  });

  test("reads anew what a damaged file of the previous one held, and keeps the damaged bytes aside", async () => {
    const { world } = await grownBlog();
    const store = memoryStore(world);
    const first = await archived(world, store);
    const victim = first.files.find(({ path }) => path === "records/article/00001.ndjson.gz");
    const bytes = new TextEncoder().encode("rubbish");
    await store.put(victim?.object ?? "", bytes);
    const second = await archived(world, store, { previous: first, random: "00000002" });
    expect((await linesOf(store, second, "records/article/")).length).toBe(ARTICLES);
    expect(second.partial).toBe(first.partial);
    expect(await keysOf(store, "quarantine/")).toHaveLength(1);
  });
});

test("an archive that is killed at any write has no manifest, and the next one is whole", async () => {
  const { world } = await grownBlog(20);
  const whole = await archived(world, memoryStore(world));
  // Its last write is the manifest.
  for (let writes = 0; writes <= whole.files.length; writes += 1) {
    const store = memoryStore(world);
    await expect(archive(world, dyingAfter(store, writes))).rejects.toThrow("killed");
    expect(await keysOf(store, "archives/")).toEqual([]);
    const made = await archived(world, store);
    expect(await storedManifest(store, made.id)).toEqual(made);
    expect(made.counts).toEqual(whole.counts);
  }
});
