import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { generatedContent } from "../../../emulator/content/seeds/generated.ts";
import { nastyProject } from "../../../emulator/content/seeds/nasty.ts";
import { nastyIds } from "../../../emulator/content/seeds/nastyIds.ts";
import type { World } from "../support.ts";
import { contentWorld } from "./support.ts";

describe("a generated project", () => {
  test("has as many records as asked for, half of them with blocks, and is the same each time", async () => {
    const read = async () => {
      const { client, project } = contentWorld({ content: generatedContent({ records: 1000 }) });
      expect(project.environment("main")).toMatchObject({ items: 1000, uploads: 100 });
      const page = await client.items.rawList({
        filter: { type: "article" },
        version: "current",
        nested: true,
        order_by: "id_ASC",
      });
      expect([page.data.length, page.meta.total_count]).toEqual([30, 500]);
      return JSON.stringify(page);
    };
    const page = await read();
    expect(await read()).toBe(page);
    const bytesPerRecord = page.length / 30;
    expect(bytesPerRecord).toBeGreaterThan(2500);
    expect(bytesPerRecord).toBeLessThan(7000);
  });

  test("is valid, with drafts, edited records and schedules", async () => {
    const { client } = contentWorld({ content: generatedContent({ records: 1000 }) });
    const count = async (filter: Record<string, unknown>) => {
      const query = { filter: { type: "article", ...filter }, version: "current", page: { limit: 0 } };
      return (await client.items.rawList(query)).meta.total_count;
    };
    expect(await count({ fields: { _is_valid: { eq: "false" } } })).toBe(0);
    expect(await count({ fields: { _status: { eq: "draft" } } })).toBe(50);
    expect(await count({ fields: { _status: { eq: "updated" } } })).toBe(25);
    expect(await count({ fields: { _publication_scheduled_at: { exists: true } } })).toBe(2);
  });

  test("has assets whose bytes are those of their md5", async () => {
    const { client, emulator } = contentWorld({ content: generatedContent({ records: 1000 }) });
    const uploads = await client.uploads.list({ page: { limit: 5 } });
    for (const { url, md5, size } of uploads) {
      const answer = await emulator.fetch(`${url}?skip-default-optimizations=true`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect([bytes.byteLength, createHash("md5").update(bytes).digest("hex")]).toEqual([size, md5]);
    }
    expect(new Set(uploads.map(({ md5 }) => md5)).size).toBe(4);
  });

  test("of 100,000 records is forked at once and written on either side", async () => {
    const { client, inside, project } = contentWorld({ content: generatedContent({ records: 100_000 }) });
    project.user.fork(null, "copy", { ready: true });
    const last = async (where: typeof client) => {
      const query = { filter: { type: "article" }, version: "current", order_by: "id_ASC" as const };
      const { data } = await where.items.rawList({ ...query, page: { offset: 49_999, limit: 500 } });
      return data[0];
    };
    const record = await last(client);
    expect(await last(inside("copy"))).toEqual(record);
    await inside("copy").items.update(record?.id ?? "", { notes: "changed" });
    expect(await last(client)).toEqual(record);
  });
});

describe("the nasty project holds", () => {
  const nasty = () => contentWorld(nastyProject({ sortableRows: 50 }));
  const inBoth = async ({ client }: World, id: string) => ({
    current: await client.items.find(id, { version: "current", nested: true }),
    published: await client.items.find(id, { version: "published", nested: true }),
  });

  test("lists without drafts where no version is asked for (case 1), and more than a nested page (case 2)", async () => {
    const { client } = nasty();
    const total = async (query: Record<string, unknown>) =>
      (await client.items.rawList({ filter: { type: "article" }, ...query })).meta.total_count;
    expect(await total({})).toBeLessThan(await total({ version: "current" }));
    const page = await client.items.rawList({
      filter: { type: "article" },
      nested: true,
      page: { limit: 100 },
    });
    expect(page.data).toHaveLength(30);
  });

  test("other locales in the published body (case 4), and a selective schedule (case 5)", async () => {
    const here = nasty();
    const { current, published } = await inBoth(here, nastyIds.updated);
    expect([current.meta.status, current.title, published.title]).toEqual([
      "updated",
      { en: "Another title" },
      { en: "First title", it: "Primo titolo" },
    ]);
    expect(await here.client.items.rawCurrentVsPublishedState(nastyIds.scheduled)).toMatchObject({
      included: [
        {
          attributes: { selective_publication: { content_in_locales: ["it"], non_localized_content: false } },
        },
        { attributes: { content_in_locales: null } },
      ],
    });
  });

  test("circles of required links (case 6), an invalid published body (case 8), locales that are gone (case 10)", async () => {
    const here = nasty();
    const [a, b] = nastyIds.circle;
    expect(await here.client.items.find(a)).toMatchObject({ partner: b, meta: { status: "published" } });
    const { published } = await inBoth(here, nastyIds.invalidPublished);
    expect(published.meta).toMatchObject({
      is_published_version_valid: false,
      is_current_version_valid: true,
    });
    expect((await here.client.items.find(nastyIds.oldLocales)).title).toEqual({ en: "Title", de: "Titel" });
  });

  test("nulls (case 9), long numbers and an hour that came twice (case 12)", async () => {
    const { client, raw } = nasty();
    expect(await client.items.find(nastyIds.nulls, { version: "current" })).toMatchObject({
      kicker: null,
      pinned: null,
      lead: "",
    });
    const text = await (await raw("GET", `/items/${nastyIds.values}?version=current`)).text();
    expect(text).toContain('"count":9007199254740993');
    expect(text).toContain('"ratio":1e+21');
    expect(text).toMatch(/"starts_at":"2024-10-27T02:30:00\.000\+0[12]:00"/);
    expect(text).toContain("__proto__");
  });

  test("structured text with everything, and one block with two contents (case 13)", async () => {
    const here = nasty();
    const { current, published } = await inBoth(here, nastyIds.text);
    const [inCurrent, inPublished] = [JSON.stringify(current.body), JSON.stringify(published.body)];
    expect(inCurrent).toContain(nastyIds.goneRecord);
    expect([inCurrent.includes(nastyIds.sharedBlock), inPublished.includes(nastyIds.sharedBlock)]).toEqual([
      true,
      true,
    ]);
    expect([inCurrent.includes('"words":"current"'), inPublished.includes('"words":"published"')]).toEqual([
      true,
      true,
    ]);
  });

  test("assets that are not what their address gives (cases 14 to 16)", async () => {
    const { client, emulator, project } = nasty();
    const { uploads } = nastyIds;
    const at = async (id: string) => {
      const { url, md5 } = await client.uploads.find(id);
      const answer = await emulator.fetch(`${url}?skip-default-optimizations=true&svg-sanitize=false`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, isRight: createHash("md5").update(bytes).digest("hex") === md5 };
    };
    for (const id of [uploads.image, uploads.drawing, uploads.empty, uploads.unicode, ...uploads.twins]) {
      expect(await at(id)).toEqual({ status: 200, isRight: true });
    }
    expect((await at(uploads.video)).status).toBe(422);
    expect(await at(uploads.replaced)).toEqual({ status: 200, isRight: false });
    expect((await client.uploads.find(uploads.unicode)).url).toBe(nastyIds.oldUrl);
    expect((await client.plugins.find(nastyIds.plugin)).parameters).toMatchObject({ logo: nastyIds.oldUrl });
    expect(project.environment("main")?.uploads).toBe(9);
  });

  test("a tree six deep with positions of all kinds (case 17), and ids from 2019 (case 19)", async () => {
    const { client } = nasty();
    const deepest = await client.items.find(nastyIds.tree[5] ?? "", { version: "current" });
    expect(deepest).toMatchObject({ parent_id: nastyIds.tree[4], meta: { status: "published" } });
    expect((await client.items.find(nastyIds.tree[2] ?? "", { version: "current" })).meta.status).toBe(
      "draft",
    );
    expect(await client.items.find(nastyIds.legacy)).toMatchObject({
      next: nastyIds.legacy,
      cover: { upload_id: nastyIds.uploads.legacy },
      item_type: { id: nastyIds.models.legacy },
    });
  });

  test("referrers that lose a deleted record (case 18), and secrets in every place", async () => {
    const { client, raw } = nasty();
    await client.items.destroy(nastyIds.deletable);
    for (const id of nastyIds.referrers) {
      expect((await client.items.find(id)).related).toEqual([nastyIds.updated]);
    }
    const paths = ["access_tokens", "webhooks", "build-triggers", "plugins", "site"];
    const texts = await Promise.all(paths.map(async (path) => (await raw("GET", `/${path}`)).text()));
    expect(texts.every((text) => text.includes("-secret"))).toBe(true);
  });
});
