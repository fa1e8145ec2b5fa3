import { describe, expect, test } from "vitest";
import { newId, START, world } from "./support.ts";

const start = Date.parse(START);

describe("the history", () => {
  test("tells what happened, when it happened and who did it", async () => {
    const { client, clock, project, raw } = world({ forkMs: 5000, destroyMs: 1000 });
    await raw("POST", "/environments/main/fork", { body: newId("copy") });
    await clock.advance(9000);
    await client.environments.rename("copy", { id: "kept" });
    project.user.promote("kept");
    project.user.edit("kept", { items: 2 });
    await raw("DELETE", "/environments/main");
    await clock.advance(60_000);
    expect(project.history).toEqual([
      { at: start, type: "created", id: "main", by: "user" },
      { at: start, type: "fork-began", id: "copy", from: "main", by: "api" },
      { at: start + 5000, type: "ready", id: "copy", by: "api" },
      { at: start + 9000, type: "renamed", id: "kept", from: "copy", by: "api" },
      { at: start + 9000, type: "promoted", id: "kept", from: "main", by: "user" },
      { at: start + 9000, type: "data-changed", id: "kept", by: "user" },
      { at: start + 9000, type: "destroy-began", id: "main", by: "api" },
      { at: start + 10_000, type: "destroyed", id: "main", by: "api" },
    ]);
  });

  test("tells what existed at any time", async () => {
    const { clock, project, raw } = world({ forkMs: 5000, destroyMs: 1000 });
    project.user.fork(null, "copy");
    await clock.advance(6000);
    project.user.rename("copy", "kept");
    project.user.promote("kept");
    await raw("DELETE", "/environments/main");
    await clock.advance(60_000);
    const main = { id: "main", status: "ready", primary: true };
    expect(project.existedAt(start - 1)).toEqual([]);
    expect(project.existedAt(start)).toEqual([main, { id: "copy", status: "creating", primary: false }]);
    expect(project.existedAt(start + 5000)).toEqual([main, { id: "copy", status: "ready", primary: false }]);
    expect(project.existedAt(start + 6000)).toEqual([
      { id: "main", status: "destroying", primary: false },
      { id: "kept", status: "ready", primary: true },
    ]);
    expect(project.existedAt(start + 7000)).toEqual([{ id: "kept", status: "ready", primary: true }]);
  });

  test("takes old copies at their place in time", async () => {
    const { project, client } = world({ createdAt: start - 90 * 86_400_000 });
    project.user.fork(null, "younger", { createdAt: start - 86_400_000, ready: true });
    project.user.fork(null, "older", { createdAt: start - 10 * 86_400_000, ready: true });
    expect(project.history.map(({ type, id }) => `${type} ${id}`)).toEqual([
      "created main",
      "fork-began older",
      "ready older",
      "fork-began younger",
      "ready younger",
    ]);
    expect(project.existedAt(start - 5 * 86_400_000).map(({ id }) => id)).toEqual(["main", "older"]);
    expect((await client.environments.find("older")).meta.created_at).toBe("2026-02-19T02:00:00.000Z");
  });

  test("keeps what has come to pass when the wall clock jumps back", async () => {
    const { clock, project } = world({ forkMs: 5000 });
    project.user.fork(null, "copy");
    await clock.advance(5000);
    expect(project.environment("copy")?.status).toBe("ready");
    clock.jump(-3_600_000);
    expect(project.environment("copy")?.status).toBe("ready");
    project.user.destroy("copy");
    expect(project.environment("copy")).toBeUndefined();
  });
});

describe("the request log", () => {
  test("holds every request, with names instead of tokens", async () => {
    const { emulator, client, inside, project, raw } = world({ name: "One" });
    project.user.fork(null, "copy", { ready: true });
    await inside("copy").items.rawList({ page: { limit: 0 } });
    await raw("GET", "/site", { headers: { authorization: "Bearer secret-of-nobody" } });
    await raw("GET", "/nowhere");
    expect(emulator.requests).toEqual([
      {
        at: start,
        method: "GET",
        path: "/items",
        operation: "items.list",
        query: { "page[limit]": "0" },
        environment: "copy",
        status: 200,
        project: "One",
        durationMs: 0,
      },
      expect.objectContaining({ operation: "site.find", project: null, status: 401 }),
      expect.objectContaining({ operation: null, project: null, status: 404 }),
    ]);
    expect(JSON.stringify(emulator.requests)).not.toContain("secret");
    emulator.clearRequests();
    await client.site.find();
    expect(emulator.requests).toHaveLength(1);
  });
});

test("a view shares nothing with what it shows", () => {
  const { project } = world({ plugin: { parameters: { list: [1] } } });
  const [view] = project.environments();
  Object.assign(view?.plugins[0]?.parameters ?? {}, { list: [] });
  expect(project.environments()[0]?.plugins[0]?.parameters).toEqual({ list: [1] });
});

test("a person cannot do what makes no sense", () => {
  const { project } = world();
  expect(() => project.user.destroy("main")).toThrow("primary");
  expect(() => project.user.rename("nothing", "a")).toThrow('no environment "nothing"');
  expect(() => project.user.fork(null, "main")).toThrow("VALIDATION_UNIQUENESS");
  project.user.fork(null, "copy");
  expect(() => project.user.promote("copy")).toThrow("not ready");
  expect(() => project.user.setParameters("main", {}, "no-such-plugin")).toThrow("no such plugin");
});
