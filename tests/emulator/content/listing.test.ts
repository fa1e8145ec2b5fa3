import { describe, expect, test } from "vitest";
import { refusal } from "../support.ts";
import { type Blog, block, blog, ofType } from "./support.ts";

async function articles({ client, ids }: Blog, count: number, attributes: Record<string, unknown> = {}) {
  const made: string[] = [];
  for (let n = 1; n <= count; n++) {
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: `Title ${n}` },
      views: n,
      ...attributes,
    });
    made.push(id);
  }
  return made;
}

describe("a list of records", () => {
  test("has 30 rows where nothing is said, and 30 at most when nested (facts 2.1, case 2)", async () => {
    const here = await blog();
    const { client, project } = here;
    await articles(here, 35);
    const page = (query: object) =>
      client.items.rawList({ filter: { type: "article" }, version: "current", ...query });
    expect((await page({})).data).toHaveLength(30);
    const all = await page({ page: { limit: 500 } });
    expect([all.data.length, all.meta.total_count]).toEqual([35, 35]);
    expect(await page({ page: { limit: 0 } })).toEqual({ data: [], meta: { total_count: 35 } });
    expect((await page({ page: { offset: 30 } })).data).toHaveLength(5);
    const nested = { nested: true, page: { limit: 100 } };
    expect((await page(nested)).data).toHaveLength(30);
    project.settings.unknowns.nestedPages = "refuse";
    expect((await refusal(page(nested))).code).toBe("INVALID_FORMAT");
    expect((await refusal(page({ page: { limit: 501 } }))).code).toBe("INVALID_FORMAT");
  });

  test("holds blocks too where no type is asked for (facts 2.1, case 3; switch blocksInList)", async () => {
    const here = await blog();
    const { client, ids, project } = here;
    await articles(here, 2, { sections: [] });
    await articles(here, 1, {
      sections: [block(ids.section, { quotes: [block(ids.quote, { words: "a" })] })],
    });
    expect((await client.items.rawList({ version: "current" })).meta.total_count).toBe(5);
    const quotes = await client.items.rawList({ filter: { type: "quote" }, version: "current" });
    expect(quotes.data).toMatchObject([{ attributes: { words: "a" }, meta: { status: "draft" } }]);
    const [quote] = quotes.data;
    expect(
      (await client.items.rawList({ filter: { ids: quote?.id ?? "" }, version: "current" })).data,
    ).toEqual(quotes.data);
    project.settings.contentUnknowns.blocksInList = "left-out";
    expect((await client.items.rawList({ version: "current" })).meta.total_count).toBe(3);
  });

  test("shows what the project's age makes the default (facts 0.5, case 1; switch itemsVersion)", async () => {
    const here = await blog();
    const { client, project } = here;
    const [first = ""] = await articles(here, 2);
    await client.items.publish(first);
    const total = async (version?: string) =>
      (await client.items.rawList({ filter: { type: "article" }, ...(version ? { version } : {}) })).meta
        .total_count;
    expect([await total("current"), await total("published"), await total()]).toEqual([2, 1, 2]);
    project.settings.contentUnknowns.itemsVersion = "published";
    expect(await total()).toBe(1);
  });

  test("is sorted for a single model only, by id as well (facts 2.1; switch idOrder)", async () => {
    const here = await blog();
    const { client } = here;
    const made = await articles(here, 12);
    const ids = async (order_by: string, type = "article") =>
      (await client.items.list({ filter: { type }, version: "current", order_by })).map(({ id }) => id);
    expect(await ids("id_ASC")).toEqual([...made].sort());
    expect(await ids("id_DESC")).toEqual([...made].sort().reverse());
    expect(await ids("views_DESC")).toEqual(made.toReversed());
    expect((await refusal(ids("id_ASC", "article,author"))).code).toBe("INVALID_REQUEST");
    const both = client.items.list({ filter: { type: "article", ids: made[0] ?? "" } });
    expect((await refusal(both)).code).toBe("INVALID_REQUEST");
  });

  test("is filtered by fields and meta, dates by the minute (facts 2.1)", async () => {
    const here = await blog();
    const { client, clock } = here;
    const made = await articles(here, 3);
    await clock.advance(90_000);
    await client.items.update(made[1] ?? "", { views: 20 });
    await client.items.publish(made[2] ?? "");
    const found = async (fields: Record<string, unknown>) =>
      (await client.items.list({ filter: { type: "article", fields }, version: "current" })).map(
        ({ views }) => views,
      );
    expect(await found({ _updated_at: { gt: "2026-03-01T02:01:59Z" } })).toEqual([]);
    expect(await found({ _updated_at: { gt: "2026-03-01T02:00:59Z" } })).toEqual([20]);
    expect(await found({ _status: { eq: "published" } })).toEqual([3]);
    expect(await found({ _status: { in: ["draft", "updated"] } })).toEqual([1, 20]);
    expect(await found({ views: { gte: 3 } })).toEqual([20, 3]);
    const searched = await client.items.list({ filter: { query: "title 1" }, version: "current" });
    expect(searched.map(({ id }) => id)).toEqual([made[0]]);
  });

  test("leaves out without a word what the role does not see (facts 3)", async () => {
    const here = await blog({ role: {} });
    const { client, ids, project } = here;
    const [first = ""] = await articles(here, 1);
    await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    project.settings.hidden = { models: [ids.article], uploads: false };
    expect((await client.items.rawList({ version: "current" })).meta.total_count).toBe(1);
    expect((await client.items.rawList({ filter: { type: "article" } })).meta.total_count).toBe(0);
    expect((await refusal(client.items.find(first))).code).toBe("NOT_FOUND");
  });
});
