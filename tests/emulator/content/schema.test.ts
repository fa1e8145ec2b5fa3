import { describe, expect, test } from "vitest";
import * as z from "zod";
import { refusal } from "../support.ts";
import { block, blog, contentWorld, field, newId, ofType } from "./support.ts";

describe("the schema", () => {
  test("comes in one call with the site (facts 1.1, 1.3)", async () => {
    const { raw, ids } = await blog();
    const answer = await raw("GET", "/site?include=item_types,item_types.fields,item_types.fieldsets");
    const resource = z.looseObject({ id: z.string(), type: z.string(), attributes: z.looseObject({}) });
    const { data, included } = z
      .object({ data: z.looseObject({ relationships: z.unknown() }), included: z.array(resource) })
      .parse(await answer.json());
    expect(data.relationships).toMatchObject({
      item_types: { data: [ids.author, ids.quote, ids.section, ids.article].map((id) => ofType(id)) },
    });
    const types = included.map(({ type }) => type);
    expect([
      types.filter((type) => type === "item_type").length,
      types.filter((type) => type === "field").length,
    ]).toEqual([4, 11]);
    expect(included.find(({ id }) => id === ids.author)).toMatchObject({
      attributes: { api_key: "author", modular_block: false, has_singleton_item: false },
      relationships: { title_field: { data: { type: "field" } }, workflow: { data: null } },
    });
  });

  test("of a model makes its menu items, unless told otherwise (facts 5.2, row 6)", async () => {
    const { client, project } = contentWorld();
    const schemaItem = newId();
    await client.itemTypes.create({ name: "Post", api_key: "post" });
    await client.itemTypes.create({ name: "Block", api_key: "block", modular_block: true });
    await client.itemTypes.create(
      { name: "Page", api_key: "page" },
      {
        skip_menu_item_creation: true,
        schema_menu_item_id: schemaItem,
      },
    );
    expect(project.environment("main")?.items).toBe(0);
    expect((await refusal(client.itemTypes.create({ name: "Other", api_key: "post" }))).code).toBe(
      "INVALID_FIELD",
    );
  });

  test("names the first string field the title and the first file the preview (facts 5.2, row 8)", async () => {
    const { client, raw } = contentWorld();
    const { id } = await client.itemTypes.create({ name: "Post", api_key: "post" });
    const text = await field(raw, id, "lead", "text");
    const title = await field(raw, id, "title", "string");
    const image = await field(raw, id, "cover", "file");
    expect(await client.itemTypes.find(id)).toMatchObject({
      title_field: { id: title },
      image_preview_field: { id: image },
    });
    expect(await client.fields.find(text)).toMatchObject({
      position: 1,
      appearance: { editor: "markdown", addons: [] },
    });
    await client.fields.destroy(title);
    expect((await client.itemTypes.find(id)).title_field).toBeNull();
    expect((await client.fields.list(id)).map(({ api_key, position }) => [api_key, position])).toEqual([
      ["lead", 1],
      ["cover", 2],
    ]);
  });

  test("refuses fields whose validators name what is not there (facts 1.3)", async () => {
    const { client, raw } = contentWorld();
    const { id } = await client.itemTypes.create({ name: "Post", api_key: "post" });
    const add = (api_key: string, type: "link" | "slug", validators: object) =>
      raw("POST", `/item-types/${id}/fields`, {
        body: {
          data: { type: "field", attributes: { label: api_key, api_key, field_type: type, validators } },
        },
      });
    expect((await add("author", "link", { item_item_type: { item_types: [newId()] } })).status).toBe(422);
    expect((await add("slug", "slug", { slug_title_field: { title_field_id: newId() } })).status).toBe(422);
  });

  test("rewrites values when a field changes its name, its locales or goes (facts 9, item 9)", async () => {
    const { client, ids, project } = await blog();
    const { id, meta } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One", it: "Uno" },
      views: 1,
      sections: [block(ids.quote, { words: "a" }), block(ids.section, {})],
    });
    const fields = await client.fields.list(ids.article);
    const idOf = (apiKey: string) => fields.find(({ api_key }) => api_key === apiKey)?.id ?? "";
    await client.fields.update(idOf("views"), { api_key: "reads", label: "reads", localized: true });
    expect(await client.items.find(id)).toMatchObject({ reads: { en: 1, it: null } });
    await client.fields.update(idOf("title"), { localized: false });
    expect(await client.items.find(id)).toMatchObject({ title: "One" });
    await client.fields.destroy(idOf("slug"));
    const narrowed = await client.fields.update(idOf("sections"), {
      validators: { rich_text_blocks: { item_types: [ids.section] } },
    });
    expect(narrowed.validators).toEqual({ rich_text_blocks: { item_types: [ids.section] } });
    const after = await client.items.find(id);
    expect(after).not.toHaveProperty("slug");
    expect(after.sections).toHaveLength(1);
    expect(after.meta.current_version).toBe(meta.current_version);
    project.settings.contentUnknowns.schemaChangesMakeVersions = true;
    await client.fields.destroy(idOf("sections"));
    expect((await client.items.find(id)).meta.current_version).not.toBe(meta.current_version);
  });

  test("reaches what is published, or not (switch schemaChangesReachPublished)", async () => {
    for (const isReached of [true, false]) {
      const { client, ids } = await blog({ contentUnknowns: { schemaChangesReachPublished: isReached } });
      const { id } = await client.items.create({ item_type: ofType(ids.article), title: { en: "One" } });
      await client.items.publish(id);
      const title = (await client.fields.list(ids.article)).find(({ api_key }) => api_key === "title");
      await client.fields.update(title?.id ?? "", { localized: false });
      expect(await client.items.find(id)).toMatchObject({ title: "One", meta: { status: "published" } });
      const published = await client.items.find(id, { version: "published" });
      expect(published.title).toEqual(isReached ? "One" : { en: "One" });
    }
  });

  test("takes the blocks of a block model out, or keeps it (switch blockModelInUse)", async () => {
    const { client, ids, project } = await blog({ contentUnknowns: { blockModelInUse: "refuse" } });
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      sections: [
        block(ids.quote, { words: "a" }),
        block(ids.section, { quotes: [block(ids.quote, { words: "b" })] }),
      ],
    });
    expect((await refusal(client.itemTypes.destroy(ids.quote))).code).toBe("MODULAR_BLOCK_IN_USE");
    project.settings.contentUnknowns.blockModelInUse = "strip";
    await client.itemTypes.destroy(ids.quote);
    const { data } = await client.items.rawFind(id, { nested: true });
    expect(data.attributes.sections).toMatchObject([{ attributes: { quotes: [] } }]);
    await client.itemTypes.destroy(ids.article);
    expect(project.environment("main")?.items).toBe(0);
  });

  test("drops the values of a locale that goes (facts 5.2, row 2; case 10)", async () => {
    const { client, ids } = await blog();
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One", it: "Uno" },
    });
    await client.site.update({ locales: ["en", "fr"] });
    expect((await client.items.find(id)).title).toEqual({ en: "One" });
    expect((await client.site.find()).locales).toEqual(["en", "fr"]);
  });

  test("has fieldsets, whose fields stand in an order of their own (facts 5.1)", async () => {
    const { client, ids, raw } = await blog();
    const seo = await client.fieldsets.create(ids.article, { title: "SEO", collapsible: true });
    expect(seo).toMatchObject({ position: 8, collapsible: true, start_collapsed: false });
    const a = await field(raw, ids.article, "canonical", "string");
    await client.fields.update(a, { fieldset: { type: "fieldset", id: seo.id } });
    expect(await client.fields.find(a)).toMatchObject({ position: 1, fieldset: { id: seo.id } });
    await client.fieldsets.destroy(seo.id);
    expect(await client.fields.find(a)).toMatchObject({ position: 8, fieldset: null });
  });

  test("has misspelt twins in a project from before 2023, and records their dates (facts 1.2, 1.4)", async () => {
    const { client, ids, raw, project } = await blog();
    const { id } = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    project.user.change("main", ({ content }) => {
      content.site = { ...content.site, isLegacy: true };
    });
    const text = async (path: string) => (await raw("GET", path)).text();
    expect(await text(`/item-types/${ids.author}`)).toContain('"collection_appeareance":"table"');
    expect(await text(`/item-types/${ids.author}/fields`)).toContain('"appeareance":{"editor":"single_line"');
    expect(await text(`/items/${id}`)).toContain('"created_at":"2026-03-01T02:00:00.000+00:00","updated_at"');
  });

  test("of a singleton allows one record (facts 5.2, row 10; case 19)", async () => {
    const { client } = contentWorld();
    const { id } = await client.itemTypes.create({ name: "Home", api_key: "home", singleton: true });
    const create = () => client.items.create({ item_type: ofType(id) });
    const home = await create();
    expect(await client.itemTypes.find(id)).toMatchObject({
      has_singleton_item: true,
      singleton_item: { id: home.id },
    });
    expect((await refusal(create())).code).toBe("DUPLICATE_SINGLETON");
  });
});
