import { describe, expect, test } from "vitest";
import { listed, refusal, START, world } from "./support.ts";

const PLUGIN = "datocms-plugin-automatic-environment-backups";

describe("maintenance mode", () => {
  test("is turned on and off, and freezes the primary only", async () => {
    const { client, inside, project } = world();
    project.user.fork(null, "copy", { ready: true });
    const [plugin] = await client.plugins.list();
    const change = { parameters: { a: 1 } };
    expect(await client.maintenanceMode.find()).toMatchObject({ id: "maintenance_mode", active: false });
    expect(await client.maintenanceMode.activate()).toMatchObject({ active: true });
    expect(await client.maintenanceMode.find()).toMatchObject({ active: true });
    expect(await refusal(client.plugins.update(plugin?.id ?? "", change))).toMatchObject({
      code: "MAINTENANCE_MODE",
    });
    expect(await inside("copy").plugins.update(plugin?.id ?? "", change)).toMatchObject(change);
    expect(await client.maintenanceMode.deactivate()).toMatchObject({ active: false });
    expect(await client.plugins.update(plugin?.id ?? "", change)).toMatchObject(change);
  });

  test("waits for people who edit, unless forced", async () => {
    const { client } = world({ activeEditors: true });
    expect(await refusal(client.maintenanceMode.activate())).toMatchObject({
      code: "ACTIVE_EDITING_SESSIONS",
    });
    expect(await client.maintenanceMode.find()).toMatchObject({ active: false });
    expect(await client.maintenanceMode.activate({ force: true })).toMatchObject({ active: true });
  });

  test("needs the permission to promote", async () => {
    const { client } = world({ role: { can_promote_environments: false } });
    const denied = { code: "INSUFFICIENT_PERMISSIONS", status: 403 };
    expect(await refusal(client.maintenanceMode.activate())).toEqual(denied);
    expect(await refusal(client.maintenanceMode.deactivate())).toEqual(denied);
    expect(await client.maintenanceMode.find()).toMatchObject({ active: false });
  });

  test.each([true, false])(
    "may end with a promote (%s), and freezes the new primary if not",
    async (ends) => {
      const { client, project } = world({ unknowns: { promoteEndsMaintenance: ends } });
      project.user.fork(null, "copy", { ready: true });
      await client.maintenanceMode.activate();
      await client.environments.promote("copy");
      expect(await listed(client)).toEqual(["main ready", "copy ready primary"]);
      expect(await client.maintenanceMode.find()).toMatchObject({ active: !ends });
      const [plugin] = await client.plugins.list();
      const update = client.plugins.update(plugin?.id ?? "", { parameters: {} });
      if (ends) expect(await update).toMatchObject({ parameters: {} });
      else expect(await refusal(update)).toMatchObject({ code: "MAINTENANCE_MODE" });
    },
  );

  test.each([true, false])("may keep the primary's name as it is (%s), never a sandbox's", async (keeps) => {
    const { client, project } = world({
      maintenanceMode: true,
      unknowns: { maintenanceBlocksRename: keeps },
    });
    project.user.fork(null, "copy", { ready: true });
    expect(await client.environments.rename("copy", { id: "renamed" })).toMatchObject({ id: "renamed" });
    const rename = client.environments.rename("main", { id: "live" });
    if (keeps) expect(await refusal(rename)).toMatchObject({ code: "MAINTENANCE_MODE" });
    else expect(await rename).toMatchObject({ id: "live" });
  });

  test("leaves plugins open when the unknowns say so", async () => {
    const { client } = world({ maintenanceMode: true, unknowns: { maintenanceBlocksPlugins: false } });
    const [plugin] = await client.plugins.list();
    expect(await client.plugins.update(plugin?.id ?? "", { parameters: { a: 1 } })).toMatchObject({
      parameters: { a: 1 },
    });
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true, fast: true });
    expect(await refusal(client.plugins.update(plugin?.id ?? "", { parameters: {} }))).toMatchObject({
      code: "ENVIRONMENT_IN_READ_ONLY_MODE",
    });
  });
});

test("the role is listed as users/me includes it", async () => {
  const { client } = world({ role: { can_promote_environments: false } });
  const [role] = await client.roles.list();
  const me = await client.users.rawFindMe({ include: "role" });
  expect(role).toMatchObject({ name: "Backups", can_promote_environments: false });
  expect(me.included?.map(({ id }) => id)).toEqual([role?.id]);
});

describe("build triggers", () => {
  test("belong to the project and remember when they were triggered", async () => {
    const { client, raw, project, clock } = world({
      buildTriggers: [{ name: "Site" }, { id: "77", enabled: false }],
    });
    const [site, other] = await client.buildTriggers.list();
    expect(site).toMatchObject({ name: "Site", enabled: true, last_build_completed_at: null });
    expect(other).toMatchObject({ id: "77", name: "Build 2", enabled: false });
    await client.buildTriggers.trigger(site?.id ?? "");
    await clock.advance(1_000);
    expect((await raw("POST", `/build-triggers/${site?.id}/trigger`)).status).toBe(204);
    expect(project.buildTriggers.map(({ triggeredAt }) => triggeredAt)).toEqual([
      [Date.parse(START), Date.parse(START) + 1_000],
      [],
    ]);
    expect((await client.buildTriggers.list())[0]).toMatchObject({ build_status: "success" });
  });

  test("that are not there cannot be triggered, and a project has none unless it is given some", async () => {
    const { client } = world();
    expect(await client.buildTriggers.list()).toEqual([]);
    expect(await refusal(client.buildTriggers.trigger("77"))).toEqual({ code: "NOT_FOUND", status: 404 });
  });
});

describe("a plugin", () => {
  test("is installed into one environment, by its package or with an address of its own", async () => {
    const { client, inside, project } = world({ plugin: null });
    project.user.fork(null, "copy", { ready: true });
    const copy = inside("copy");
    const id = "Q2dGtbWBTfyLWTd2dN6EJw";
    expect(await copy.plugins.create({ id, package_name: PLUGIN })).toMatchObject({ id, parameters: {} });
    expect(await copy.plugins.find(id)).toMatchObject({ package_name: PLUGIN });
    const own = await copy.plugins.create({ name: "Own", url: "https://plugin.example" });
    expect(own).toMatchObject({ name: "Own", url: "https://plugin.example", package_name: null });
    expect(await client.plugins.list()).toEqual([]);
    expect(await refusal(copy.plugins.create({ id, package_name: PLUGIN }))).toMatchObject({
      code: "INVALID_FIELD",
    });
  });

  test("is not installed without the permission, nor into a primary in maintenance mode", async () => {
    const denied = world({ role: { can_edit_schema: false } });
    expect(await refusal(denied.client.plugins.create({ package_name: PLUGIN }))).toMatchObject({
      code: "INSUFFICIENT_PERMISSIONS",
    });
    const frozen = world({ maintenanceMode: true });
    expect(await refusal(frozen.client.plugins.create({ package_name: PLUGIN }))).toMatchObject({
      code: "MAINTENANCE_MODE",
    });
  });
});
