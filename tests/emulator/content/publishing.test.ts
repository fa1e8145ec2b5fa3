import { describe, expect, test } from "vitest";
import { refusal } from "../support.ts";
import { type Blog, blog, dast, ofType } from "./support.ts";

async function article({ client, ids }: Blog, attributes: Record<string, unknown> = {}) {
  return client.items.create({ item_type: ofType(ids.article), title: { en: "One" }, ...attributes });
}

describe("a publication", () => {
  test("keeps the version; an edit after it makes the record updated, with two bodies (facts 1.5, case 4)", async () => {
    const here = await blog();
    const { client, clock } = here;
    const { id, meta } = await article(here, { title: { en: "One", it: "Uno" } });
    await clock.advance(60_000);
    const published = await client.items.publish(id);
    expect(published.meta).toMatchObject({ status: "published", current_version: meta.current_version });
    const edited = await client.items.update(id, { title: { en: "Two" } });
    expect(edited.meta).toMatchObject({ status: "updated", published_at: published.meta.published_at });
    expect((await client.items.find(id, { version: "published" })).title).toEqual({ en: "One", it: "Uno" });
    expect((await client.items.find(id, { version: "current" })).title).toEqual({ en: "Two" });
    const undone = await client.items.update(id, { title: { en: "One", it: "Uno" } });
    expect(undone.meta.status).toBe("updated");
  });

  test("that is taken back leaves the first date and the version (facts 1.5)", async () => {
    const here = await blog();
    const { client } = here;
    const { id } = await article(here);
    const { meta } = await client.items.publish(id);
    const { meta: after } = await client.items.unpublish(id);
    expect(after).toMatchObject({
      status: "draft",
      published_at: null,
      first_published_at: meta.first_published_at,
      current_version: meta.current_version,
    });
    expect((await refusal(client.items.find(id, { version: "published" }))).code).toBe("NOT_FOUND");
  });

  test("of some locales merges them into what is published (facts 9, item 3)", async () => {
    const here = await blog();
    const { client, project, clock } = here;
    const { id } = await article(here, { title: { en: "One", it: "Uno" }, views: 1 });
    const only = (locales: string[], non_localized_content = true) =>
      client.items.publish(id, {
        type: "selective_publish_operation",
        content_in_locales: locales,
        non_localized_content,
      });
    const first = await only(["en"]);
    expect(first.meta.status).toBe("updated");
    expect(await client.items.find(id, { version: "published" })).toMatchObject({
      title: { en: "One" },
      views: 1,
    });
    await client.items.update(id, { title: { en: "Two", it: "Due" }, views: 2 });
    await clock.advance(1000);
    project.settings.contentUnknowns.selectivePublishMovesPublishedAt = false;
    expect((await only(["it"], false)).meta.published_at).toBe(first.meta.published_at);
    expect(await client.items.find(id, { version: "published" })).toMatchObject({
      title: { en: "One", it: "Due" },
      views: 1,
    });
    expect((await only(["en", "it"])).meta.status).toBe("published");
  });

  test("of a link to a draft is refused, or publishes that too, as the field wants (facts 1.3, case 6)", async () => {
    const strict = await blog();
    const [a, b] = [await article(strict), await article(strict)];
    await strict.client.items.update(a.id, { related: [b.id] });
    await strict.client.items.update(b.id, { related: [a.id, b.id] });
    expect((await refusal(strict.client.items.publish(a.id))).code).toBe("UNPUBLISHED_LINK");

    const { client, ids, project } = strict;
    const bulk = () => client.items.rawBulkPublish(bulkBody([a.id, b.id]));
    expect((await bulk()).meta).toEqual({ successful: 0, failed: 2 });
    project.settings.contentUnknowns.bulkPublishLinks = "together";
    expect((await bulk()).meta).toEqual({ successful: 2, failed: 0 });

    const [c, d] = [await article(strict), await article(strict)];
    await client.items.update(c.id, { related: [d.id] });
    await client.items.update(d.id, { related: [c.id] });
    const fields = await client.fields.list(ids.article);
    const related = fields.find(({ api_key }) => api_key === "related");
    await client.fields.update(related?.id ?? "", {
      validators: {
        items_item_type: {
          item_types: [ids.article],
          on_publish_with_unpublished_references_strategy: "publish_references",
        },
      },
    });
    await client.items.publish(c.id);
    expect((await client.items.find(d.id)).meta.status).toBe("published");
  });

  test("that became invalid stays served (facts 1.5, case 8)", async () => {
    const here = await blog();
    const { client, ids } = here;
    const { id } = await article(here);
    await client.items.publish(id);
    await client.fields.create(ids.article, {
      label: "lead",
      api_key: "lead",
      field_type: "string",
      validators: { required: {} },
    });
    expect((await client.items.update(id, { lead: "now" })).meta).toMatchObject({
      is_current_version_valid: true,
      is_published_version_valid: false,
    });
    expect(await client.items.find(id, { version: "published" })).toMatchObject({ lead: null });
  });

  test("of a child waits for its parent, or takes it along (facts 5.2, row 13; case 17)", async () => {
    const { client } = await blog();
    const page = await client.itemTypes.create({
      name: "Page",
      api_key: "page",
      tree: true,
      draft_mode_active: true,
    });
    const root = await client.items.create({ item_type: ofType(page.id) });
    const child = await client.items.create({ item_type: ofType(page.id), parent_id: root.id });
    expect((await refusal(client.items.publish(child.id))).code).toBe("UNPUBLISHED_PARENT");
    await client.items.publish(child.id, undefined, { recursive: true });
    expect((await client.items.find(root.id)).meta).toMatchObject({
      status: "published",
      has_children: true,
    });
    expect((await refusal(client.items.unpublish(root.id))).code).toBe("PUBLISHED_CHILDREN");
    await client.items.unpublish(root.id, undefined, { recursive: true });
    expect((await client.items.find(child.id)).meta.status).toBe("draft");
  });
});

function bulkBody(ids: readonly string[]) {
  return {
    data: {
      type: "item_bulk_publish_operation" as const,
      relationships: { items: { data: ids.map((id) => ({ type: "item" as const, id })) } },
    },
  };
}

describe("a schedule", () => {
  test("is told in full by the private call only, and fires with the clock (facts 1.6, case 5)", async () => {
    const here = await blog();
    const { client, clock, project } = here;
    const { id } = await article(here, { title: { en: "One", it: "Uno" } });
    await client.scheduledPublication.create(id, {
      publication_scheduled_at: "2026-03-01T03:00:00Z",
      selective_publication: { content_in_locales: ["it"], non_localized_content: false },
    });
    await client.scheduledUnpublishing.create(id, { unpublishing_scheduled_at: "2026-03-01T05:00:00Z" });
    const before = await client.items.find(id);
    expect(before.meta).toMatchObject({
      status: "draft",
      publication_scheduled_at: "2026-03-01T03:00:00.000+00:00",
    });
    const state = await client.items.rawCurrentVsPublishedState(id);
    expect(state).toMatchObject({
      data: {
        attributes: { current_version_locales: ["en", "it"], published_version_locales: [] },
        relationships: { scheduled_publication: { data: { type: "scheduled_publication" } } },
      },
      included: [
        {
          attributes: { selective_publication: { content_in_locales: ["it"], non_localized_content: false } },
        },
        { attributes: { content_in_locales: null } },
      ],
    });
    await clock.advance(2 * 60 * 60_000);
    expect((await client.items.find(id)).meta).toMatchObject({
      status: "updated",
      published_at: "2026-03-01T03:00:00.018+00:00",
      publication_scheduled_at: null,
    });
    expect(project.environment("main")?.lastDataChangeAt).toBe(Date.parse("2026-03-01T03:00:00Z"));
    await clock.advance(60 * 60_000);
    expect((await client.items.find(id)).meta.status).toBe("draft");
  });

  test("may not fire in sandboxes, and lies ahead (facts 5.2, row 19; switch schedulesFireInSandboxes)", async () => {
    const here = await blog({ contentUnknowns: { schedulesFireInSandboxes: false } });
    const { client, clock, project, inside } = here;
    const { id } = await article(here);
    const at = (publication_scheduled_at: string) =>
      client.scheduledPublication.create(id, { publication_scheduled_at });
    expect((await refusal(at("2026-02-01T00:00:00Z"))).code).toBe("INVALID_DATE");
    await at("2026-03-01T03:00:00Z");
    project.user.fork(null, "copy", { ready: true });
    await clock.advance(2 * 60 * 60_000);
    expect((await client.items.find(id)).meta.status).toBe("published");
    expect((await inside("copy").items.find(id)).meta.status).toBe("draft");
  });
});

describe("a record that is deleted", () => {
  test("goes out of every record that links to it, also out of text and blocks (facts 0.10, case 18)", async () => {
    const here = await blog();
    const { client } = here;
    const gone = await article(here);
    const link = { type: "itemLink", item: gone.id, children: [{ type: "span", value: "kept" }] };
    const body = dast({ type: "paragraph", children: [link, { type: "inlineItem", item: gone.id }] });
    const { id, meta } = await article(here, { related: [gone.id], body });
    const untouched = await article(here);
    expect((await client.items.references(gone.id)).map((each) => each.id)).toEqual([id]);
    await client.items.destroy(gone.id);
    const after = await client.items.find(id);
    expect(after).toMatchObject({
      related: [],
      body: { document: { children: [{ children: [{ type: "span", value: "kept" }] }] } },
    });
    expect(after.meta.current_version).not.toBe(meta.current_version);
    expect((await client.items.find(untouched.id)).meta).toEqual(untouched.meta);
  });

  test("stays where a field forbids it (facts 1.3)", async () => {
    const here = await blog({}, {});
    const { client, ids } = here;
    const author = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    const fields = await client.fields.list(ids.article);
    await client.fields.update(fields.find(({ api_key }) => api_key === "author")?.id ?? "", {
      validators: { item_item_type: { item_types: [ids.author], on_reference_delete_strategy: "fail" } },
    });
    const { id } = await article(here, { author: author.id });
    await client.items.publish(id);
    expect((await refusal(client.items.destroy(author.id))).code).toBe("REQUIRED_BY_ASSOCIATION");
    expect((await refusal(client.items.unpublish(author.id))).code).toBe("PUBLISHED_REFERENCES");
    expect((await client.items.find(id)).author).toBe(author.id);
    expect((await client.items.find(author.id)).meta.status).toBe("published");
  });

  test("closes the gap among its siblings; its children become roots at the end (facts 5.1)", async () => {
    const { client } = await blog();
    const page = await client.itemTypes.create({ name: "Page", api_key: "page", tree: true });
    const make = (parent_id?: string) =>
      client.items.create({ item_type: ofType(page.id), ...(parent_id === undefined ? {} : { parent_id }) });
    const [a, b, c] = [await make(), await make(), await make()];
    const child = await make(a.id);
    await client.items.update(c.id, { position: 1 });
    const places = async () => {
      const items = await client.items.list({ filter: { type: "page" }, version: "current" });
      return Object.fromEntries(items.map(({ id, position, parent_id }) => [id, [position, parent_id]]));
    };
    expect(await places()).toEqual({
      [c.id]: [1, null],
      [a.id]: [2, null],
      [b.id]: [3, null],
      [child.id]: [1, a.id],
    });
    await client.items.destroy(a.id);
    expect(await places()).toEqual({ [c.id]: [1, null], [b.id]: [2, null], [child.id]: [3, null] });
    expect((await refusal(client.items.update(c.id, { parent_id: c.id }))).code).toBe("INVALID_PARENT_ID");
  });
});
