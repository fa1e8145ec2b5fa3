import { describe, expect, test } from "vitest";
import { refusal, world } from "./support.ts";

async function pluginOf(client: ReturnType<typeof world>["client"]) {
  const [plugin] = await client.plugins.list();
  if (plugin === undefined) throw new Error("There is no plugin.");
  return plugin;
}

describe("a copy", () => {
  test("holds what its source held when the fork began, under the same ids", async () => {
    const { client, clock, inside, project } = world({ items: 10, uploads: 4, timezone: "Asia/Tokyo" });
    const plugin = await pluginOf(client);
    await client.plugins.update(plugin.id, { parameters: { nested: { at: "fork" } } });
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    // The source goes on while the fork is under way.
    await client.plugins.update(plugin.id, { parameters: { nested: { at: "later" } } });
    project.user.edit("main", { items: 11 });
    project.settings.timezone = "UTC";
    await clock.advance(5000);

    const copy = inside("copy");
    expect(await pluginOf(copy)).toMatchObject({ id: plugin.id, parameters: { nested: { at: "fork" } } });
    expect((await copy.items.rawList({ page: { limit: 0 } })).meta.total_count).toBe(10);
    expect((await copy.uploads.rawList({ page: { limit: 0 } })).meta.total_count).toBe(4);
    expect((await copy.site.find()).timezone).toBe("Asia/Tokyo");
    expect((await client.site.find()).timezone).toBe("UTC");
  });

  test("is changed without touching its source, and brings its parameters back when promoted", async () => {
    const { client, inside, project } = world({ plugin: { parameters: { v: "live" } } });
    project.user.fork(null, "copy", { ready: true });
    const plugin = await pluginOf(inside("copy"));
    await inside("copy").plugins.update(plugin.id, { parameters: { v: "old" } });
    expect((await pluginOf(client)).parameters).toEqual({ v: "live" });
    await client.environments.promote("copy");
    expect((await pluginOf(client)).parameters).toEqual({ v: "old" });
  });

  test("shows a change of its content in last_data_change_at", async () => {
    const { client, clock, project } = world();
    project.user.fork(null, "copy", { ready: true });
    await clock.advance(1000);
    project.user.edit("copy");
    const { meta } = await client.environments.find("copy");
    expect(meta.last_data_change_at).toBe("2026-03-01T02:00:01.000Z");
    expect(meta.created_at).toBe("2026-03-01T02:00:00.000Z");
  });
});

describe("plugin parameters", () => {
  test("are replaced as a whole; other attributes stay", async () => {
    const { client } = world({ plugin: { parameters: { a: 1, b: 2 } } });
    const plugin = await pluginOf(client);
    const updated = await client.plugins.update(plugin.id, { parameters: { c: 3 } });
    expect(updated.parameters).toEqual({ c: 3 });
    expect(await client.plugins.find(plugin.id)).toMatchObject({
      package_name: "datocms-plugin-automatic-environment-backups",
      parameters: { c: 3 },
    });
  });

  test("come back in another order of keys", async () => {
    const { client } = world();
    const { id } = await pluginOf(client);
    const sent = { longer: 1, b: [{ zz: 1, a: 2 }], a: null };
    expect(JSON.stringify((await client.plugins.update(id, { parameters: sent })).parameters)).toBe(
      JSON.stringify(sent),
    );
    const read = (await client.plugins.find(id)).parameters;
    expect(read).toEqual(sent);
    expect(Object.keys(read)).toEqual(["a", "b", "longer"]);
  });

  test("take 10 KB at most", async () => {
    const { client } = world();
    const { id } = await pluginOf(client);
    const update = (length: number) =>
      client.plugins.update(id, { parameters: { text: "é".repeat(length) } });
    await update(5000);
    expect((await refusal(update(5200))).code).toBe("TECHNICAL_LIMIT_REACHED");
    expect((await refusal(client.plugins.update("nothing", { parameters: {} }))).code).toBe("NOT_FOUND");
  });

  test("are not written in maintenance mode, nor where the primary's schema is closed", async () => {
    const { client, inside, project } = world({ maintenanceMode: true });
    project.user.fork(null, "copy", { ready: true });
    const { id } = await pluginOf(client);
    const update = () => client.plugins.update(id, { parameters: {} });
    expect((await refusal(update())).code).toBe("MAINTENANCE_MODE");
    expect((await inside("copy").plugins.update(id, { parameters: {} })).id).toBe(id);
    project.settings.maintenanceMode = false;
    project.settings.forceUseOfSandboxEnvironments = true;
    await update();
    project.settings.unknowns.forceSandboxBlocksPlugins = true;
    expect((await refusal(update())).code).toBe("PRIMARY_ENVIRONMENT_SETTINGS_READ_ONLY");
  });

  test("of other plugins stay apart; a project may have no plugin at all", async () => {
    const { client, emulator } = world({ plugins: [{ name: "Other", parameters: { x: 1 } }] });
    expect((await client.plugins.list()).map(({ name }) => name)).toEqual([
      "Automatic Environment Backups",
      "Other",
    ]);
    const bare = emulator.addProject({ token: "token-of-project-two", plugin: null });
    expect(bare.environments()[0]?.plugins).toEqual([]);
  });
});

describe("pages of records", () => {
  test("start at the offset and end at the total", async () => {
    const { client } = world({ items: 35 });
    const page = await client.items.rawList({ page: { limit: 30, offset: 30 } });
    expect(page.data.map(({ id }) => id)).toEqual(["item-31", "item-32", "item-33", "item-34", "item-35"]);
    expect(page.meta.total_count).toBe(35);
    expect((await client.items.rawList()).data).toHaveLength(30);
  });

  test("are cut to 30 without a word when nested, or refused when the unknowns say so", async () => {
    const { client, project } = world({ items: 95 });
    const nested = () => client.items.rawList({ nested: true, page: { limit: 100 } });
    expect((await nested()).data).toHaveLength(30);
    project.settings.unknowns.nestedPages = "unlimited";
    expect((await nested()).data).toHaveLength(95);
    project.settings.unknowns.nestedPages = "refuse";
    expect((await refusal(nested())).code).toBe("INVALID_FORMAT");
  });
});

describe("a single record", () => {
  const item_type = { type: "item_type", id: "product" } as const;
  const block = {
    type: "item",
    id: "a-block",
    attributes: {},
    relationships: { item_type: { data: item_type } },
  } as const;
  const seed = {
    type: "item",
    id: "a-record",
    attributes: { content: [block] },
    relationships: { item_type: { data: item_type } },
  } as const;

  test("is read with its blocks or with their ids, in whatever environment, and listed after the placeholders", async () => {
    const { client, inside, project } = world({ items: 2, records: [seed] });
    project.user.fork(null, "copy", { ready: true });
    project.user.edit("main", { deletedRecords: ["a-record"] });
    expect((await inside("copy").items.rawFind("a-record")).data.attributes).toEqual({
      content: ["a-block"],
    });
    const nested = await inside("copy").items.rawFind("a-record", { nested: true });
    expect(nested.data.attributes).toMatchObject({ content: [block] });
    expect((await inside("copy").items.rawList()).data.map(({ id }) => id)).toEqual([
      "item-1",
      "item-2",
      "a-record",
    ]);
    expect((await refusal(client.items.rawFind("a-record"))).code).toBe("NOT_FOUND");
    expect((await client.items.rawFind("item-2")).data.id).toBe("item-2");
    expect((await refusal(client.items.rawFind("item-3"))).code).toBe("NOT_FOUND");
  });

  test("is created once under an id of the caller's, as a draft, and not in maintenance mode", async () => {
    const { client, clock, project } = world({ items: 2 });
    await clock.advance(1000);
    const create = () => client.items.create({ id: "a-record", item_type, content: [block] });
    expect(await create()).toMatchObject({ id: "a-record", meta: { status: "draft" } });
    expect(project.environment("main")).toMatchObject({ lastDataChangeAt: clock.now() });
    expect((await refusal(create())).code).toBe("INVALID_FIELD");
    expect((await refusal(client.items.create({ id: "item-1", item_type }))).code).toBe("INVALID_FIELD");
    project.settings.maintenanceMode = true;
    expect((await refusal(client.items.create({ item_type }))).code).toBe("MAINTENANCE_MODE");
    expect(project.environment("main")?.records).toHaveLength(1);
  });
});
