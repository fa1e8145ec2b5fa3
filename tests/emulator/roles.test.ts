import { describe, expect, test } from "vitest";
import type { RoleOption } from "../../emulator/emulator.ts";
import { listed, refusal, world } from "./support.ts";

const denied = "INSUFFICIENT_PERMISSIONS";

function withRole(role: RoleOption) {
  const here = world({ role });
  here.project.user.fork(null, "copy", { ready: true });
  return here;
}

describe("users/me", () => {
  test("names the admin token by its type and shows no role", async () => {
    const { client } = world();
    const me = await client.users.rawFindMe({ include: "role" });
    expect(me.data).toMatchObject({
      type: "access_token",
      attributes: { hardcoded_type: "admin", can_access_cma: true },
      relationships: { role: { data: null } },
    });
    expect(me).not.toHaveProperty("included");
  });

  test("includes the role of any other token with its final permissions", async () => {
    const { client } = withRole({ can_manage_environments: false });
    const me = await client.users.rawFindMe({ include: "role" });
    expect(me).toMatchObject({
      data: { attributes: { hardcoded_type: null } },
      included: [
        {
          type: "role",
          meta: {
            final_permissions: {
              can_manage_environments: false,
              can_promote_environments: true,
              environments_access: "all",
            },
          },
        },
      ],
    });
    expect(await client.users.rawFindMe()).not.toHaveProperty("included");
  });
});

describe("a role", () => {
  test("without can_manage_environments neither forks nor destroys nor renames", async () => {
    const { client } = withRole({ can_manage_environments: false });
    const { environments } = client;
    const fork = environments.fork("main", { id: "a" }, { immediate_return: true });
    expect(await refusal(fork)).toEqual({ code: denied, status: 403 });
    expect((await refusal(environments.destroy("copy"))).code).toBe(denied);
    expect((await refusal(environments.rename("copy", { id: "a" }))).code).toBe(denied);
    expect((await environments.promote("copy")).meta.primary).toBe(true);
  });

  test("may need another flag for rename", async () => {
    const { client, project } = withRole({ can_promote_environments: false });
    expect((await client.environments.rename("copy", { id: "a" })).id).toBe("a");
    project.settings.unknowns.renameNeeds = "can_promote_environments";
    expect((await refusal(client.environments.rename("a", { id: "b" }))).code).toBe(denied);
  });

  test("without can_promote_environments does not promote", async () => {
    const { client } = withRole({ can_promote_environments: false });
    expect((await refusal(client.environments.promote("copy"))).code).toBe(denied);
  });

  test("without can_edit_schema reads plugins and does not write them", async () => {
    const { client } = withRole({ can_edit_schema: false });
    const [plugin] = await client.plugins.list();
    expect((await refusal(client.plugins.update(plugin?.id ?? "", { parameters: {} }))).code).toBe(denied);
  });

  test("for the primary only sees no sandboxes, without an error", async () => {
    const { client, inside } = withRole({ environments_access: "primary_only" });
    expect(await listed(client)).toEqual(["main ready primary"]);
    expect((await refusal(client.environments.find("copy"))).code).toBe("NOT_FOUND");
    expect((await refusal(inside("copy").site.find())).code).toBe("INVALID_ENVIRONMENT");
    expect((await client.site.find()).timezone).toBe("Europe/London");
  });

  test("for the primary only is refused when the unknowns say so", async () => {
    const { client, inside, project } = withRole({ environments_access: "primary_only" });
    project.settings.unknowns.forbiddenEnvironments = "refuse";
    expect((await refusal(client.environments.list())).code).toBe(denied);
    expect((await refusal(client.environments.find("copy"))).code).toBe(denied);
    expect((await refusal(inside("copy").site.find())).code).toBe(denied);
  });

  test("for sandboxes only sees nothing of the primary", async () => {
    const { client, inside, project } = withRole({ environments_access: "sandbox_only" });
    expect(await listed(client)).toEqual(["copy ready"]);
    expect((await refusal(client.site.find())).code).toBe(denied);
    expect((await inside("copy").site.find()).timezone).toBe("Europe/London");
    project.settings.role = { environments_access: "none" };
    expect(await listed(client)).toEqual([]);
  });

  test("without can_access_cma may do nothing at all", async () => {
    const { client, project } = withRole({ can_access_cma: false });
    expect((await refusal(client.site.find())).code).toBe(denied);
    project.settings.unknowns.noCmaAccess = "INVALID_AUTHORIZATION_HEADER";
    expect(await refusal(client.site.find())).toEqual({ code: "INVALID_AUTHORIZATION_HEADER", status: 401 });
  });
});
