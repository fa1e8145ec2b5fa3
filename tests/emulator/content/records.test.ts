import { describe, expect, test } from "vitest";
import * as z from "zod";
import { refusal } from "../support.ts";
import { block, blog, dast, newId, ofType } from "./support.ts";

describe("a record", () => {
  test("of a model with drafts is a draft under the id of the client, with dates of its own (facts 5.1, 5.10)", async () => {
    const { client, ids } = await blog();
    const id = newId();
    const created = await client.items.create({
      id,
      item_type: ofType(ids.article),
      title: { en: "Hello", it: "Ciao" },
      meta: { created_at: "2018-11-24T10:00", first_published_at: "2018-11-24T10:00" },
    });
    expect(created).toMatchObject({
      id,
      title: { en: "Hello", it: "Ciao" },
      creator: { type: "access_token" },
      meta: {
        status: "draft",
        created_at: "2018-11-24T10:00:00.000+00:00",
        first_published_at: "2018-11-24T10:00:00.000+00:00",
        updated_at: "2026-03-01T02:00:00.000+00:00",
        published_at: null,
        is_valid: true,
      },
    });
    expect(await client.items.find(id)).toEqual(created);
  });

  test("of a model without drafts is published with each write, a moment later (facts 1.5)", async () => {
    const { client, ids } = await blog();
    const { meta, id } = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    expect(meta).toMatchObject({ status: "published" });
    expect(meta.published_at).not.toBe(meta.updated_at);
    const updated = await client.items.update(id, { name: "Bea" });
    expect(updated.meta.status).toBe("published");
    expect(updated.meta.current_version).not.toBe(meta.current_version);
  });

  test("has an id of today's form that nothing has (facts 5.1, switches integerIds and deletedIds)", async () => {
    const { client, ids, project } = await blog();
    const create = (id: string) => client.items.create({ id, item_type: ofType(ids.author), name: "Ann" });
    await expect(create("123")).rejects.toThrow(/VALIDATION_FORMAT/);
    await expect(create("no-id")).rejects.toThrow(/VALIDATION_FORMAT/);
    const id = newId();
    await create(id);
    await expect(create(id)).rejects.toThrow(/VALIDATION_UNIQUENESS/);
    project.settings.contentUnknowns.integerIds = "accept";
    expect((await create("123")).id).toBe("123");
    await client.items.destroy(id);
    expect((await create(id)).id).toBe(id);
    await client.items.destroy(id);
    project.settings.contentUnknowns.deletedIds = "taken";
    await expect(create(id)).rejects.toThrow(/VALIDATION_UNIQUENESS/);
  });

  test("keeps what an update leaves out, and refuses one that has seen an older version (facts 5.4)", async () => {
    const { client, ids } = await blog();
    const { id, meta } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      views: 1,
    });
    await client.items.update(id, { views: 2 });
    expect(await client.items.find(id)).toMatchObject({ title: { en: "One" }, views: 2 });
    const late = client.items.update(id, { views: 3, meta: { current_version: meta.current_version } });
    expect(await refusal(late)).toEqual({ code: "STALE_ITEM_VERSION", status: 422 });
  });

  test("answers with its model and its blocks, which have meta there (facts 5.10)", async () => {
    const { client, ids } = await blog();
    const { included } = await client.items.rawCreate({
      data: {
        type: "item",
        attributes: {
          title: { en: "One" },
          sections: [block(ids.section, { quotes: [block(ids.quote, { words: "a" })] })],
        },
        relationships: { item_type: { data: ofType(ids.article) } },
      },
    });
    expect(included.map(({ type }) => type)).toEqual(["item_type", "item", "item"]);
    expect(included[1]).toMatchObject({ meta: { status: "draft" } });
  });

  test("keeps every digit of a long integer (facts 1.4)", async () => {
    const { raw, client, ids } = await blog();
    const { id } = await client.items.create({ item_type: ofType(ids.article), title: { en: "One" } });
    const text = `{"data":{"type":"item","id":"${id}","attributes":{"views":9007199254740993}}}`;
    expect((await raw("PUT", `/items/${id}`, { text })).status).toBe(200);
    const answer = await (await raw("GET", `/items/${id}`)).text();
    expect(answer).toContain('"views":9007199254740993');
  });

  test("that takes too much room is refused (facts 9, item 15)", async () => {
    const { client, ids } = await blog();
    const create = (attributes: Record<string, unknown>) =>
      client.items.create({ item_type: ofType(ids.article), title: { en: "One" }, ...attributes });
    const sections = Array.from({ length: 501 }, () => block(ids.quote, { words: "a" }));
    expect((await refusal(create({ sections }))).code).toBe("TECHNICAL_LIMIT_REACHED");
    expect((await refusal(create({ title: { en: "x".repeat(310_000) } }))).code).toBe(
      "TECHNICAL_LIMIT_REACHED",
    );
  });
});

async function attributesOf(answer: Response): Promise<Record<string, unknown>> {
  const document = z.object({ data: z.object({ attributes: z.record(z.string(), z.unknown()) }) });
  return document.parse(await answer.json()).data.attributes;
}

describe("blocks", () => {
  test("are ids in plain answers and objects without meta in nested ones, to any depth (facts 1.5)", async () => {
    const { client, ids, raw } = await blog();
    const [inner, outer] = [newId(), newId()];
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      sections: [
        block(ids.section, { heading: "H", quotes: [block(ids.quote, { words: "a" }, inner)] }, outer),
      ],
      body: dast(
        { type: "block", item: block(ids.quote, { words: "b" }) },
        { type: "paragraph", children: [{ type: "inlineBlock", item: block(ids.quote, { words: "c" }) }] },
      ),
    });
    const plain = await client.items.rawFind(id);
    expect(plain.data.attributes.sections).toEqual([outer]);
    // Without the client, which adds members of its own to blocks.
    const nested = await attributesOf(await raw("GET", `/items/${id}?nested=true`));
    expect(nested.sections).toEqual([
      {
        id: outer,
        type: "item",
        attributes: {
          heading: "H",
          quotes: [
            {
              id: inner,
              type: "item",
              attributes: { words: "a" },
              relationships: { item_type: { data: ofType(ids.quote) } },
            },
          ],
        },
        relationships: { item_type: { data: ofType(ids.section) } },
      },
    ]);
    expect(nested.body).toMatchObject({
      document: {
        children: [
          { item: { attributes: { words: "b" } } },
          { children: [{ item: { attributes: { words: "c" } } }] },
        ],
      },
    });
  });

  test("stay where a bare id stands, and change by what is sent of them (facts 5.5)", async () => {
    const { client, ids } = await blog();
    const [one, two] = [newId(), newId()];
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      sections: [block(ids.section, { heading: "A" }, one), block(ids.quote, { words: "b" }, two)],
    });
    await client.items.update(id, {
      sections: [two, { type: "item", id: one, attributes: { heading: "B" } }],
    });
    const nested = await client.items.rawFind(id, { nested: true });
    expect(nested.data.attributes.sections).toMatchObject([
      { id: two, attributes: { words: "b" } },
      { id: one, attributes: { heading: "B", quotes: [] } },
    ]);
    await expect(client.items.update(id, { sections: [newId()] })).rejects.toThrow(
      /VALIDATION_INVALID_BLOCK/,
    );
    await expect(client.items.update(id, { sections: [one, one] })).rejects.toThrow(
      /VALIDATION_INVALID_BLOCK/,
    );
    const elsewhere = client.items.create({
      item_type: ofType(ids.article),
      title: { en: "Two" },
      sections: [block(ids.quote, { words: "b" }, two)],
    });
    await expect(elsewhere).rejects.toThrow(/VALIDATION_UNIQUENESS/);
  });

  test("of a model that the field does not name are refused, and so are blocks on their own (facts 5.4, 5.5)", async () => {
    const { client, ids } = await blog();
    const wrong = client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      body: dast({ type: "paragraph", children: [{ type: "inlineBlock", item: block(ids.section, {}) }] }),
    });
    await expect(wrong).rejects.toThrow(/VALIDATION_INVALID_BLOCK/);
    await expect(client.items.create({ item_type: ofType(ids.quote), words: "a" })).rejects.toThrow(
      /item_type/,
    );
  });

  test("may be in both bodies of a record with other content (facts 5.5)", async () => {
    const { client, ids } = await blog();
    const inside = newId();
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      sections: [block(ids.quote, { words: "published" }, inside)],
    });
    await client.items.publish(id);
    await client.items.update(id, {
      sections: [{ type: "item", id: inside, attributes: { words: "current" } }],
    });
    const wordsIn = async (version: string) =>
      (await client.items.rawFind(id, { nested: true, version })).data.attributes.sections;
    expect(await wordsIn("published")).toMatchObject([{ id: inside, attributes: { words: "published" } }]);
    expect(await wordsIn("current")).toMatchObject([{ id: inside, attributes: { words: "current" } }]);
  });

  test("come back with the members of their nodes in another order (facts 1.4, switch dastKeyOrder)", async () => {
    const { raw, client, ids, project } = await blog();
    const { id } = await client.items.create({
      item_type: ofType(ids.article),
      title: { en: "One" },
      body: dast({ type: "heading", level: 2, children: [{ type: "span", value: "Hi" }] }),
    });
    const read = async () => (await raw("GET", `/items/${id}?version=current`)).text();
    expect(await read()).toContain('{"children":[{"type":"span","value":"Hi"}],"level":2,"type":"heading"}');
    project.settings.contentUnknowns.dastKeyOrder = "kept";
    expect(await read()).toContain('{"type":"heading","level":2,"children":[{"type":"span","value":"Hi"}]}');
  });
});

describe("values", () => {
  test("that are missing or null take the default on create, then become empty (facts 5.3)", async () => {
    const { client, ids } = await blog();
    const { article, author } = ids;
    await client.fields.create(article, {
      label: "a",
      api_key: "kicker",
      field_type: "string",
      default_value: "News",
    });
    await client.fields.create(article, { label: "b", api_key: "lead", field_type: "text" });
    await client.fields.create(article, { label: "c", api_key: "pinned", field_type: "boolean" });
    const { id, ...created } = await client.items.create({
      item_type: ofType(article),
      title: { en: "One" },
      kicker: null,
    });
    expect(created).toMatchObject({ kicker: "News", lead: "", pinned: false, author: null, slug: null });
    expect(await client.items.update(id, { kicker: null, pinned: null })).toMatchObject({
      kicker: null,
      pinned: null,
    });
    expect(author).toBeTypeOf("string");
  });

  test("of localized fields have one set of locales, of the site's (facts 1.4, 5.3)", async () => {
    const { client, ids } = await blog();
    const { article } = ids;
    await client.fields.create(article, { label: "a", api_key: "lead", field_type: "text", localized: true });
    const create = (attributes: Record<string, unknown>) =>
      client.items.create({ item_type: ofType(article), ...attributes });
    expect((await refusal(create({ title: { en: "a", it: "b" }, lead: { en: "c" } }))).code).toBe(
      "MISSING_LOCALES",
    );
    expect((await refusal(create({ title: { xx: "a" }, lead: { xx: "c" } }))).code).toBe("INVALID_LOCALES");
    const { id, lead } = await create({ title: { en: "a", it: "b" } });
    expect(lead).toEqual({ en: "", it: "" });
    expect((await refusal(client.items.update(id, { title: { en: "a" } }))).code).toBe("MISSING_LOCALES");
    const less = await client.items.update(id, { title: { en: "a" }, lead: { en: "c" } });
    expect(less).toMatchObject({ title: { en: "a" }, lead: { en: "c" } });
    await client.itemTypes.update(article, { all_locales_required: true });
    expect((await refusal(create({ title: { en: "a" } }))).code).toBe("MISSING_LOCALES");
  });

  test("that break a validator are told all at once, and stored in drafts that may be wrong (facts 5.4, 5.9)", async () => {
    const { client, ids } = await blog();
    const create = () =>
      client.items.create({ item_type: ofType(ids.article), title: { en: " " }, slug: "a" });
    const { id, meta } = await create();
    expect(meta).toMatchObject({
      is_valid: false,
      is_current_version_valid: false,
      is_published_version_valid: null,
    });
    await create();
    await client.itemTypes.update(ids.article, { draft_saving_active: false });
    const refused = await create().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      errors: [
        {
          attributes: {
            code: "INVALID_FIELD",
            details: { field: "title", code: "VALIDATION_REQUIRED", locale: "en" },
          },
        },
        { attributes: { code: "INVALID_FIELD", details: { field: "slug", code: "VALIDATION_UNIQUE" } } },
      ],
    });
    expect((await refusal(client.items.publish(id))).code).toBe("INVALID_FIELD");
  });

  test("inside of blocks are told by the outer field or by the way to them (switch blockErrorField)", async () => {
    const { client, ids, project } = await blog();
    await client.itemTypes.update(ids.article, { draft_saving_active: false });
    const create = () =>
      client.items.create({
        item_type: ofType(ids.article),
        title: { en: "One" },
        sections: [block(ids.quote, { words: "x".repeat(41) })],
      });
    await expect(create()).rejects.toMatchObject({
      errors: [{ attributes: { details: { field: "sections", code: "VALIDATION_LENGTH" } } }],
    });
    project.settings.contentUnknowns.blockErrorField = "path";
    await expect(create()).rejects.toMatchObject({
      errors: [{ attributes: { details: { field: "sections.0.words" } } }],
    });
  });

  test("of unknown keys and of the wrong form are never stored (facts 5.9)", async () => {
    const { client, ids } = await blog();
    const create = (attributes: Record<string, unknown>) =>
      client.items.create({ item_type: ofType(ids.article), title: { en: "One" }, ...attributes });
    expect((await refusal(create({ nothing: 1 }))).code).toBe("INVALID_ATTRIBUTES");
    expect((await refusal(create({ views: "many" }))).code).toBe("INVALID_FIELD");
    expect((await refusal(create({ author: newId() }))).code).toBe("INVALID_FIELD");
  });
});
