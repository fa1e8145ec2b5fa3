import { describe, expect, test } from "vitest";
import { refusal } from "../support.ts";
import { contentWorld, newId, ofType } from "./support.ts";

describe("navigation", () => {
  test("has menu items under the client's ids, in order among siblings (facts 1.8, 5.1)", async () => {
    const { client } = contentWorld();
    const ids = { a: newId(), b: newId(), c: newId() };
    await client.menuItems.create({ id: ids.a, label: "A" });
    await client.menuItems.create({ id: ids.b, label: "B" });
    await client.menuItems.create({ id: ids.c, label: "C", parent: { type: "menu_item", id: ids.a } });
    await client.menuItems.update(ids.b, { position: 1 });
    const places = async () =>
      Object.fromEntries(
        (await client.menuItems.list()).map(({ label, position, parent }) => [label, [position, parent?.id]]),
      );
    expect(await places()).toEqual({ B: [1, undefined], A: [2, undefined], C: [1, ids.a] });
    expect((await client.menuItems.find(ids.a)).children).toEqual([{ type: "menu_item", id: ids.c }]);
    const looped = client.menuItems.update(ids.a, { parent: { type: "menu_item", id: ids.c } });
    expect((await refusal(looped)).code).toBe("INVALID_PARENT_ID");
    await client.menuItems.destroy(ids.a);
    expect(await places()).toEqual({ B: [1, undefined], C: [2, undefined] });
  });

  test("leads to models, whose schema menu items come and go with them (facts 5.2, rows 6 and 17)", async () => {
    const { client } = contentWorld();
    const schemaItem = newId();
    const query = { schema_menu_item_id: schemaItem };
    const { id } = await client.itemTypes.create({ name: "Post", api_key: "post" }, query);
    expect(await client.menuItems.list()).toMatchObject([{ label: "Post", item_type: { id } }]);
    expect(await client.schemaMenuItems.find(schemaItem)).toMatchObject({
      label: null,
      kind: "item_type",
      item_type: { id },
    });
    const code = "CANNOT_CREATE_OR_DESTROY_SCHEMA_MENU_ITEM_LINKED_TO_ITEM_TYPE";
    expect((await refusal(client.schemaMenuItems.destroy(schemaItem))).code).toBe(code);
    const folder = await client.schemaMenuItems.create({ label: "Folder", kind: "item_type" });
    const parent = { type: "schema_menu_item", id: folder.id } as const;
    expect((await client.schemaMenuItems.update(schemaItem, { parent })).parent).toEqual(parent);
    await client.itemTypes.destroy(id);
    expect([await client.menuItems.list(), (await client.schemaMenuItems.list()).length]).toEqual([[], 1]);
  });

  test("has filters, of which a token sees those that are shared and its own (facts 1.8)", async () => {
    const { client, project } = contentWorld();
    const model = await client.itemTypes.create({ name: "Post", api_key: "post" });
    const made = await client.itemTypeFilters.create({
      name: "Drafts",
      filter: { fields: { _status: { eq: "draft" } } },
      shared: true,
      item_type: ofType(model.id),
    });
    await client.uploadFilters.create({ name: "Big", filter: {}, shared: true });
    project.user.change("main", ({ content, mint, actor }) => {
      const attributes = { name: "Mine", filter: {}, shared: false };
      content.entities.upload_filter.set({ id: mint.id(), attributes, links: { owner: actor.id } });
    });
    expect((await client.itemTypeFilters.list()).map(({ id }) => id)).toEqual([made.id]);
    expect((await client.uploadFilters.list()).map(({ name }) => name)).toEqual(["Big"]);
  });
});

describe("a workflow", () => {
  test("has one initial stage, which new records are in; a stage makes no version (facts 1.8; switch movesMakeVersions)", async () => {
    const { client, project } = contentWorld();
    const stage = (id: string, initial: boolean) => ({ id, name: id, initial });
    const create = (second: boolean) =>
      client.workflows.create({
        name: "Review",
        api_key: "review",
        stages: [stage("stage-0", true), stage("stage-1", second)],
      });
    expect((await refusal(create(true))).code).toBe("INVALID_FIELD");
    const workflow = await create(false);
    const model = await client.itemTypes.create({
      name: "Post",
      api_key: "post",
      draft_mode_active: true,
      workflow: { type: "workflow", id: workflow.id },
    });
    const { id, meta } = await client.items.create({ item_type: ofType(model.id) });
    expect(meta.stage).toBe("stage-0");
    const moved = await client.items.update(id, { meta: { stage: "stage-1" } });
    expect(moved.meta).toMatchObject({ stage: "stage-1", current_version: meta.current_version });
    project.settings.contentUnknowns.movesMakeVersions = true;
    await client.items.bulkMoveToStage({ stage: "stage-0", items: [{ type: "item", id }] });
    const after = await client.items.find(id);
    expect(after.meta.stage).toBe("stage-0");
    expect(after.meta.current_version).not.toBe(meta.current_version);
  });
});

describe("collections", () => {
  test("hold uploads, and are seen by roles that manage them only (facts 1.7, 3)", async () => {
    const { client, project } = contentWorld({ role: {} });
    const posts = await client.uploadCollections.create({ label: "Posts" });
    const inner = await client.uploadCollections.create({
      label: "2026",
      parent: { type: "upload_collection", id: posts.id },
    });
    expect((await client.uploadCollections.list()).map(({ children }) => children)).toEqual([
      [{ type: "upload_collection", id: inner.id }],
      [],
    ]);
    project.settings.role = { can_manage_upload_collections: false };
    expect(await client.uploadCollections.list()).toEqual([]);
    expect((await refusal(client.uploadCollections.create({ label: "More" }))).code).toBe(
      "INSUFFICIENT_PERMISSIONS",
    );
  });
});

describe("what a project has once", () => {
  test("is the same from every environment, with secrets for those who manage them (facts 1.9)", async () => {
    const { client, inside, project } = contentWorld({ role: {} });
    const role = await client.roles.create({ name: "Editor", can_edit_schema: false });
    const token = await client.accessTokens.create({
      name: "CI",
      role: { type: "role", id: role.id },
      can_access_cda: true,
      can_access_cda_preview: false,
      can_access_cma: true,
    });
    expect(token.token).toMatch(/^secret-/);
    await client.webhooks.create({
      name: "Hook",
      url: "https://hooks.example/a",
      headers: { Authorization: "a" },
      events: [{ entity_type: "item", event_types: ["publish"] }],
      custom_payload: null,
      http_basic_user: null,
      http_basic_password: "b",
    });
    const trigger = await client.buildTriggers.create({
      name: "Site",
      adapter: "custom",
      adapter_settings: { trigger_url: "https://builds.example", headers: {}, payload: {} },
      indexing_enabled: false,
      frontend_url: null,
      autotrigger_on_scheduled_publications: false,
    });
    await client.searchIndexes.create({
      name: "Index",
      enabled: true,
      frontend_url: "https://www.example",
      user_agent_suffix: null,
      build_triggers: [{ type: "build_trigger", id: trigger.id }],
    });
    project.user.fork(null, "copy", { ready: true });
    const copy = inside("copy");
    expect((await copy.roles.list()).map(({ name }) => name)).toEqual(["Backups", "Editor"]);
    expect((await copy.roles.find(role.id)).can_edit_schema).toBe(false);
    expect(await copy.webhooks.list()).toMatchObject([
      { http_basic_password: "b", payload_api_version: "3" },
    ]);
    expect(await copy.buildTriggers.list()).toMatchObject([
      { id: trigger.id, webhook_token: expect.any(String) },
    ]);
    await client.buildTriggers.trigger(trigger.id);
    expect((await copy.searchIndexes.list()).map(({ build_triggers }) => build_triggers)).toEqual([
      [{ type: "build_trigger", id: trigger.id }],
    ]);
    project.settings.role = { can_manage_access_tokens: false, can_manage_webhooks: false };
    expect((await copy.accessTokens.list()).map((each) => each.token)).toEqual([null]);
    expect(await copy.webhooks.list()).toEqual([]);
  });

  test("tells the caller's own permissions, by environment (facts 3)", async () => {
    const { client, project } = contentWorld({ role: {} });
    project.settings.hidden = { models: ["a-model"], uploads: true };
    const { included } = await client.users.rawFindMe({ include: "role" });
    expect(included).toMatchObject([
      {
        meta: {
          final_permissions: {
            positive_item_type_permissions: [{ action: "all", environment: "main", item_type: null }],
            negative_item_type_permissions: [{ environment: "main", item_type: "a-model" }],
            positive_upload_permissions: [],
          },
        },
      },
    ]);
  });
});

describe("plugins and the site", () => {
  test("a plugin goes from one environment only", async () => {
    const { client, inside, project } = contentWorld();
    project.user.fork(null, "copy", { ready: true });
    const [plugin] = await client.plugins.list();
    await inside("copy").plugins.destroy(plugin?.id ?? "");
    expect([(await client.plugins.list()).length, (await inside("copy").plugins.list()).length]).toEqual([
      1, 0,
    ]);
  });

  test("global SEO is by locale as soon as there are two (facts 1.2)", async () => {
    const { client } = contentWorld();
    await client.site.update({ global_seo: { site_name: "Blog" } });
    expect((await client.site.update({ locales: ["en", "it"] })).global_seo).toEqual({
      en: { site_name: "Blog" },
      it: null,
    });
    expect(
      await client.site.update({ locales: ["en"], timezone: "Europe/Rome", no_index: true }),
    ).toMatchObject({
      global_seo: { site_name: "Blog" },
      timezone: "Europe/Rome",
      no_index: true,
    });
    expect((await refusal(client.site.update({ favicon: newId() }))).code).toBe("INVALID_FIELD");
  });
});
