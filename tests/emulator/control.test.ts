import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shiftedClock, virtualClock } from "../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Listening } from "../../emulator/emulator.ts";
import { callers, listed, refusal, START, TOKEN } from "./support.ts";

let emulator: Emulator;
let server: Listening;
const clock = shiftedClock(virtualClock(START));

beforeEach(async () => {
  clock.set(Date.parse(START));
  emulator = createEmulator({ clock });
  emulator.addProject({ token: TOKEN, name: "One" });
  server = await emulator.listen({ control: true });
});

afterEach(() => server.close());

async function control(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${server.url}/__emulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
}

function api() {
  return callers(fetch, server.url, virtualClock(START));
}

describe("the control interface", () => {
  test("tells what it can do", async () => {
    const help = await (await fetch(`${server.url}/__emulator`)).text();
    expect(help).toContain("/__emulator/projects/1/faults");
  });

  test("is not there unless it was asked for", async () => {
    const plain = await emulator.listen();
    expect((await fetch(`${plain.url}/__emulator`)).status).toBe(404);
    await plain.close();
  });

  test("shows a project and changes its settings, merging plan and unknowns", async () => {
    const changes = { forkMs: 100, timezone: "UTC", plan: { sandboxLimit: 2 }, unknowns: { idMaxLength: 9 } };
    const { status, body } = await control("PATCH", "/projects/1/settings", changes);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: "One",
      settings: {
        forkMs: 100,
        timezone: "UTC",
        plan: { sandboxLimit: 2, publicInfo: "200" },
        unknowns: { idMaxLength: 9, planRefusal: "sync" },
      },
      environments: [{ id: "main", status: "ready", primary: true, timezone: "UTC" }],
      faults: [],
    });
    expect((await control("GET", "/projects/1")).body).toEqual(body);
    expect(JSON.stringify(body)).not.toContain(TOKEN);
  });

  test("sets faults, shows their hits and removes them", async () => {
    const fault = { operation: "site.find", times: "always", effect: { kind: "status", status: 500 } };
    expect(await control("POST", "/projects/1/faults", fault)).toEqual({
      status: 201,
      body: { ...fault, hits: 0 },
    });
    const { client } = api();
    expect((await refusal(client.site.find())).status).toBe(500);
    expect((await control("GET", "/projects/1/faults")).body).toEqual([{ ...fault, hits: 1 }]);
    expect((await control("DELETE", "/projects/1/faults")).status).toBe(204);
    expect((await client.site.find()).name).toBe("One");
  });

  test("moves the clock, and forks become ready by it", async () => {
    const { client } = api();
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    expect((await control("POST", "/clock", { advanceMs: 5000 })).body.iso).toBe("2026-03-01T02:00:05.000Z");
    expect(await listed(client)).toEqual(["main ready primary", "copy ready"]);
    await control("POST", "/clock", { now: "2027-01-01T00:00:00Z" });
    expect((await control("GET", "/clock")).body.now).toBe(Date.parse("2027-01-01T00:00:00Z"));
  });

  test("acts as a person", async () => {
    const { client } = api();
    const act = (action: object) => control("POST", "/projects/1/user", action);
    await act({ action: "fork", id: "copy", createdAt: Date.parse("2026-01-01T00:00:00Z"), ready: true });
    await act({ action: "rename", id: "copy", newId: "kept" });
    await act({ action: "promote", id: "kept" });
    await act({ action: "edit", id: "kept", items: 5 });
    await act({ action: "setParameters", id: "kept", parameters: { a: 1 } });
    await act({ action: "destroy", id: "main" });
    expect(await listed(client)).toEqual(["kept ready primary"]);
    expect((await client.plugins.list())[0]?.parameters).toEqual({ a: 1 });
    expect(await act({ action: "destroy", id: "nothing" })).toEqual({
      status: 400,
      body: { error: 'There is no environment "nothing".' },
    });
  });

  test("tells history, what existed, and requests", async () => {
    const { raw } = api();
    await raw("GET", "/site");
    expect((await control("GET", "/requests")).body).toMatchObject([
      { operation: "site.find", project: "One" },
    ]);
    await control("DELETE", "/requests");
    expect((await control("GET", "/requests")).body).toEqual([]);
    expect((await control("GET", "/projects/1/history")).body).toMatchObject([
      { type: "created", id: "main" },
    ]);
    expect((await control("GET", `/projects/1/existed?at=${Date.parse(START)}`)).body).toEqual([
      { id: "main", status: "ready", primary: true },
    ]);
    expect((await control("GET", "/projects/1/existed")).status).toBe(400);
  });

  test("adds projects", async () => {
    const added = await control("POST", "/projects", {
      token: "token-of-project-two",
      name: "Two",
      plugin: null,
    });
    expect(added).toMatchObject({ status: 201, body: { number: 2, name: "Two" } });
    expect((await control("GET", "/projects")).body).toEqual([
      { number: 1, name: "One" },
      { number: 2, name: "Two" },
    ]);
    expect((await control("POST", "/projects", { token: TOKEN })).status).toBe(400);
  });

  test.each([
    ["PATCH", "/projects/1/settings", { forkMs: "long" }, "forkMs"],
    ["PATCH", "/projects/1/settings", { speed: 1 }, "speed"],
    [
      "POST",
      "/projects/1/faults",
      { operation: "site.destroy", effect: { kind: "drop", when: "before" } },
      "operation",
    ],
    ["POST", "/projects/1/faults", { effect: { kind: "drop" } }, "when"],
    ["POST", "/projects/1/user", { action: "dance" }, "action"],
    ["POST", "/clock", {}, "Invalid"],
    ["POST", "/projects", {}, "token"],
  ])("%s %s refuses %j and says why", async (method, path, body, reason) => {
    const answer = await control(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(reason);
  });

  test("refuses bodies that are no JSON, unknown projects and unknown calls", async () => {
    const broken = await fetch(`${server.url}/__emulator/clock`, { method: "POST", body: "{" });
    expect([broken.status, await broken.json()]).toEqual([400, { error: "The body is not JSON." }]);
    expect((await control("GET", "/projects/9")).status).toBe(404);
    expect((await control("GET", "/nowhere")).status).toBe(404);
  });
});

test("a clock that cannot be moved says so", async () => {
  const real = createEmulator();
  const other = await real.listen({ control: true });
  const answer = await fetch(`${other.url}/__emulator/clock`, { method: "POST", body: '{"advanceMs":1}' });
  expect(answer.status).toBe(409);
  await other.close();
});
