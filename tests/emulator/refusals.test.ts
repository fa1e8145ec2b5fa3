import { describe, expect, test } from "vitest";
import { newId, refusal, TOKEN, world } from "./support.ts";

async function codeOf(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  return `${response.status} ${(await response.json()).data[0].attributes.code}`;
}

describe("the door", () => {
  test("looks at the endpoint, then a wrong token, then Accept, then a missing token", async () => {
    const { raw, emulator } = world();
    const wrong = { authorization: "Bearer token-of-nobody" };
    expect(await codeOf(raw("GET", "/nowhere", { headers: wrong }))).toBe("404 INVALID_ENDPOINT");
    expect(await codeOf(raw("PATCH", "/environments", { headers: wrong }))).toBe("404 INVALID_ENDPOINT");
    const wrongHtml = { ...wrong, accept: "text/html" };
    expect(await codeOf(raw("GET", "/site", { headers: wrongHtml }))).toBe(
      "401 INVALID_AUTHORIZATION_HEADER",
    );
    expect(await codeOf(emulator.fetch("https://site-api.datocms.com/site"))).toBe(
      "406 INVALID_ACCEPT_HEADER",
    );
    const json = { headers: { accept: "application/json" } };
    expect(await codeOf(emulator.fetch("https://site-api.datocms.com/site", json))).toBe("401 INVALID_SITE");
  });

  test("answers with an error document whose id belongs to the code", async () => {
    const { raw } = world();
    const document = await (await raw("GET", "/site", { headers: { authorization: "Bearer wrong" } })).json();
    expect(document).toEqual({
      data: [
        {
          id: "5413bc",
          type: "api_error",
          attributes: {
            code: "INVALID_AUTHORIZATION_HEADER",
            details: {},
            doc_url:
              "https://www.datocms.com/docs/content-management-api/errors#INVALID_AUTHORIZATION_HEADER",
          },
        },
      ],
    });
    const ids = [
      await raw("PUT", "/environments/main/promote"),
      await raw("PUT", "/environments/main/promote"),
    ];
    const [first, second] = await Promise.all(ids.map((answer) => answer.json()));
    expect(first.data[0].id).toMatch(/^[0-9a-f]{6}$/);
    expect(second.data[0].id).toBe(first.data[0].id);
  });

  test("keeps projects apart by their token", async () => {
    const { emulator, client } = world({ name: "One" });
    emulator.addProject({ token: "token-of-project-two", name: "Two", primary: "live" });
    expect((await client.site.find()).name).toBe("One");
    expect(emulator.project("token-of-project-two")?.environments()[0]?.id).toBe("live");
    expect(() => emulator.addProject({ token: TOKEN })).toThrow("token");
  });

  test("takes a Request as well as an address with options", async () => {
    const { emulator, project } = world();
    const url = "https://site-api.datocms.com/environments/main/rename";
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const body = JSON.stringify(newId("live"));
    expect((await emulator.fetch(new Request(url, { method: "PUT", headers, body }))).status).toBe(200);
    expect(project.environments()[0]?.id).toBe("live");
  });

  test("sends the headers of the API", async () => {
    const { raw } = world();
    const { headers } = await raw("GET", "/environments");
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(headers.get("x-environment")).toBe("main");
    expect(headers.get("x-api-version")).toBe("3");
    expect(headers.get("x-request-id")).toBeTruthy();
  });
});

describe("environment ids", () => {
  test("that are taken are refused by a field called name", async () => {
    const { raw, project } = world();
    project.user.fork(null, "copy", { ready: true });
    const answer = await raw("POST", "/environments/main/fork", { body: newId("copy") });
    expect(answer.status).toBe(422);
    const [error] = (await answer.json()).data;
    expect(error.attributes).toMatchObject({
      code: "INVALID_FIELD",
      details: { field: "name", code: "VALIDATION_UNIQUENESS" },
    });
    expect((await raw("PUT", "/environments/main/rename", { body: newId("copy") })).status).toBe(422);
  });

  test.each(["Copy", "a_b", "a.b", "2026-03-01T02:00", ""])("like %j are malformed", async (id) => {
    const { raw } = world();
    const answer = await raw("POST", "/environments/main/fork", { body: newId(id) });
    expect((await answer.json()).data[0].attributes.details).toEqual({
      field: "name",
      code: "VALIDATION_FORMAT",
    });
  });

  test("have a longest length only when the unknowns say so", async () => {
    const { client, project } = world();
    const id = "x".repeat(200);
    await client.environments.fork("main", { id }, { immediate_return: true });
    project.settings.unknowns.idMaxLength = 50;
    const long = client.environments.fork("main", { id: "x".repeat(51) }, { immediate_return: true });
    expect((await refusal(long)).code).toBe("INVALID_FIELD");
  });
});

test("bodies that are no JSON, or miss what is needed, are refused", async () => {
  const { emulator, raw } = world();
  const broken = emulator.fetch("https://site-api.datocms.com/environments/main/fork", {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: "{",
  });
  expect(await codeOf(broken)).toBe("400 INVALID_JSON_BODY");
  expect(await codeOf(raw("POST", "/environments/main/fork", { body: {} }))).toBe("422 INVALID_FORMAT");
});

test("what cannot be destroyed says why", async () => {
  const { client, project } = world();
  const { environments } = client;
  expect((await refusal(environments.destroy("main"))).code).toBe("CANNOT_DESTROY_PRIMARY_ENVIRONMENT");
  expect((await refusal(environments.destroy("nothing"))).code).toBe("NOT_FOUND");
  project.user.fork(null, "origin", { ready: true });
  await environments.fork("origin", { id: "copy" }, { immediate_return: true });
  expect((await refusal(environments.destroy("origin"))).code).toBe("CANNOT_DESTROY_FORKING_ORIGIN");
  project.settings.unknowns.destroyCreating = "refuse";
  expect((await refusal(environments.destroy("copy"))).code).toBe("ENVIRONMENT_NOT_READY");
});

test("a source that is missing or not ready is not forked", async () => {
  const { client } = world();
  const fork = (source: string, id: string) =>
    client.environments.fork(source, { id }, { immediate_return: true });
  expect((await refusal(fork("nothing", "a"))).code).toBe("NOT_FOUND");
  await fork("main", "a");
  expect((await refusal(fork("a", "b"))).code).toBe("ENVIRONMENT_NOT_READY");
});

test("X-Environment must name an environment that is there and, for its content, ready", async () => {
  const { inside, client } = world();
  expect(await refusal(inside("nothing").environments.list())).toEqual({
    code: "INVALID_ENVIRONMENT",
    status: 404,
  });
  await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
  expect((await refusal(inside("copy").plugins.list())).code).toBe("ENVIRONMENT_NOT_READY");
  expect((await inside("copy").environments.find("copy")).meta.status).toBe("creating");
});

describe("a fast fork", () => {
  test("freezes its source until it is done", async () => {
    const { client, clock } = world();
    const [plugin] = await client.plugins.list();
    if (!plugin) throw new Error("no plugin");
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true, fast: true });
    expect((await client.environments.find("main")).meta.read_only_mode).toBe(true);
    const update = () => client.plugins.update(plugin.id, { parameters: { a: 1 } });
    expect((await refusal(update())).code).toBe("ENVIRONMENT_IN_READ_ONLY_MODE");
    await clock.advance(5000);
    expect((await client.environments.find("main")).meta.read_only_mode).toBe(false);
    expect((await update()).parameters).toEqual({ a: 1 });
  });

  test("needs force while somebody edits; a normal fork does not", async () => {
    const { client } = world({ activeEditors: true });
    const fork = (id: string, query: object) =>
      client.environments.fork("main", { id }, { immediate_return: true, ...query });
    expect((await refusal(fork("a", { fast: true }))).code).toBe("ACTIVE_EDITING_SESSIONS");
    expect((await fork("a", { fast: true, force: true })).id).toBe("a");
    expect((await fork("b", {})).id).toBe("b");
  });
});

test("two operations at once are refused when the unknowns say so", async () => {
  const { client, project } = world({ unknowns: { concurrentOperations: "refuse-forks" } });
  const fork = (id: string) => client.environments.fork("main", { id }, { immediate_return: true });
  project.user.fork(null, "old", { ready: true });
  await fork("a");
  expect((await refusal(fork("b"))).code).toBe("CONCURRENT_ENVIRONMENT_UPDATE");
  expect((await client.environments.rename("old", { id: "older" })).id).toBe("older");
  project.settings.unknowns.renameWhileForking = "refuse";
  expect((await refusal(client.environments.rename("older", { id: "c" }))).code).toBe(
    "CONCURRENT_ENVIRONMENT_UPDATE",
  );
  project.settings.unknowns.concurrentOperations = "refuse-all";
  expect((await refusal(client.environments.promote("older"))).code).toBe("CONCURRENT_ENVIRONMENT_UPDATE");
});

test("statuses of codes can be set, and transient errors are marked", async () => {
  const { raw, project } = world({
    unknowns: { concurrentOperations: "refuse-forks", statuses: { CONCURRENT_ENVIRONMENT_UPDATE: 409 } },
  });
  project.user.fork(null, "a");
  const answer = await raw("POST", "/environments/main/fork", { body: newId("b") });
  expect(answer.status).toBe(409);
  expect((await answer.json()).data[0].attributes.transient).toBe(true);
});
