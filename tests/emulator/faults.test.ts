import { ApiError } from "@datocms/cma-client-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FaultEffect, Listening } from "../../emulator/emulator.ts";
import { callers, newId, refusal, type World, world } from "./support.ts";

/** Every fault must look the same through a socket. Both run on virtual time, so nothing waits. */
describe.each(["in process", "over HTTP"])("%s", (transport) => {
  let here: World;
  let server: Listening | undefined;

  beforeAll(async () => {
    here = world({ rateLimit: null, destroyMs: 0 });
    if (transport === "over HTTP") {
      server = await here.emulator.listen();
      here = { ...here, ...callers(fetch, server.url, here.clock) };
    }
    return () => server?.close();
  });

  afterAll(() => expect(here.project.faults.list()).toEqual([]));

  /** Hits one fork with a fault; tells what came of it and whether the environment is there. */
  async function forkUnder(effect: FaultEffect, signal?: AbortSignal) {
    const { raw, project, emulator } = here;
    emulator.clearRequests();
    project.faults.clear();
    if (project.environment("copy")) project.user.destroy("copy");
    const handle = project.faults.add({ operation: "environments.fork", effect });
    const path = "/environments/main/fork?immediate_return=true";
    const outcome = await raw("POST", path, { body: newId("copy"), ...(signal ? { signal } : {}) }).catch(
      (error: unknown) => error,
    );
    expect(handle.hits).toBe(1);
    handle.remove();
    return { outcome, exists: project.environment("copy") !== undefined, logged: emulator.requests[0] };
  }

  function answer(outcome: unknown): Response {
    if (outcome instanceof Response) return outcome;
    throw outcome;
  }

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("an error status %s the effect", async (when, effective) => {
    const effect = {
      kind: "status",
      status: 503,
      code: "SERVICE_UNAVAILABLE",
      transient: true,
      when,
    } as const;
    const { outcome, exists, logged } = await forkUnder(effect);
    expect(answer(outcome).status).toBe(503);
    expect((await answer(outcome).json()).data[0]).toMatchObject({
      type: "api_error",
      attributes: { code: "SERVICE_UNAVAILABLE", transient: true },
    });
    expect(exists).toBe(effective);
    expect(logged).toMatchObject({ status: 503, fault: "status", operation: "environments.fork" });
  });

  test("a 429 with the code and the header of one, without effect by default", async () => {
    const effect = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } } as const;
    const { outcome, exists } = await forkUnder(effect);
    expect(answer(outcome).headers.get("x-ratelimit-reset")).toBe("2");
    expect((await answer(outcome).json()).data[0].attributes.code).toBe("RATE_LIMIT_EXCEEDED");
    expect(exists).toBe(false);
  });

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("a page of HTML %s the effect", async (when, effective) => {
    const { outcome, exists } = await forkUnder({ kind: "html", status: 502, when });
    expect(answer(outcome).status).toBe(502);
    expect(answer(outcome).headers.get("content-type")).toContain("text/html");
    expect(await answer(outcome).text()).toContain("<html>");
    expect(exists).toBe(effective);
  });

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("broken JSON %s the effect", async (when, effective) => {
    const { outcome, exists } = await forkUnder({ kind: "broken-json", when });
    expect(answer(outcome).headers.get("content-type")).toContain("application/json");
    await expect(answer(outcome).json()).rejects.toThrow(SyntaxError);
    expect(exists).toBe(effective);
  });

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("a connection dropped %s the effect", async (when, effective) => {
    const { outcome, exists, logged } = await forkUnder({ kind: "drop", when });
    expect(outcome).toBeInstanceOf(TypeError);
    expect(outcome).toMatchObject({ message: "fetch failed" });
    expect(exists).toBe(effective);
    expect(logged).toMatchObject({ status: "dropped", fault: "drop" });
  });

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("no answer at all %s the effect, until the caller gives up", async (when, effective) => {
    const stop = new AbortController();
    const under = forkUnder({ kind: "hang", when }, stop.signal);
    await vi.waitFor(() => expect(here.emulator.requests[0]?.fault).toBe("hang"));
    stop.abort(new Error("enough"));
    const { outcome, exists, logged } = await under;
    expect(outcome).toMatchObject({ message: "enough" });
    expect(exists).toBe(effective);
    expect(logged).toMatchObject({ status: "hung" });
  });

  test("headers that come late, after the effect", async () => {
    const { clock, project, emulator } = here;
    const before = clock.monotonic();
    const under = forkUnder({ kind: "slow", ms: 20_000 });
    await vi.waitFor(() => expect(emulator.requests[0]?.fault).toBe("slow"));
    expect(project.environment("copy")).toBeDefined();
    expect(emulator.requests[0]?.status).toBe("hung");
    await clock.advance(20_000);
    const { outcome, logged } = await under;
    expect(answer(outcome).status).toBe(201);
    expect(logged).toMatchObject({ status: 201, durationMs: 20_000 });
    expect(clock.monotonic() - before).toBe(20_000);
  });

  test("headers at once and a body that comes late", async () => {
    const { outcome, exists } = await forkUnder({ kind: "slow-body", ms: 7000 });
    expect(answer(outcome).status).toBe(201);
    expect(exists).toBe(true);
    let read = false;
    const body = answer(outcome)
      .json()
      .finally(() => {
        read = true;
      });
    await here.clock.advance(6999);
    expect(read).toBe(false);
    await here.clock.advance(1);
    expect((await body).data.id).toBe("copy");
  });

  test("a fork whose job fails: the environment vanishes when its time is up", async () => {
    const { client, clock, project } = here;
    if (project.environment("copy")) project.user.destroy("copy");
    const handle = project.faults.add({ effect: { kind: "job-fails", code: "EXCEPTION" } });
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    await clock.advance(4999);
    expect((await client.environments.find("copy")).meta.status).toBe("creating");
    await clock.advance(1);
    expect((await refusal(client.environments.find("copy"))).code).toBe("NOT_FOUND");
    handle.remove();
  });
});

describe("a job", () => {
  test("that fails holds the error, and a destroy that fails leaves the environment", async () => {
    const { client, clock, project } = world();
    project.faults.add({ effect: { kind: "job-fails" } });
    const fork = clock.run(() => refusal(client.environments.fork("main", { id: "copy" })));
    expect(await fork).toEqual({ code: "EXCEPTION", status: 500 });
    expect(project.environment("copy")).toBeUndefined();

    project.user.fork(null, "copy", { ready: true });
    project.faults.add({ effect: { kind: "job-fails", code: "ENVIRONMENT_NOT_READY", status: 409 } });
    const destroy = clock.run(() => refusal(client.environments.destroy("copy")));
    expect(await destroy).toEqual({ code: "ENVIRONMENT_NOT_READY", status: 409 });
    expect(project.environment("copy")?.status).toBe("ready");
  });

  test("that never ends leaves its environment as it is for ever", async () => {
    const { client, clock, project, raw } = world();
    project.user.fork(null, "old", { ready: true });
    project.faults.add({ effect: { kind: "never-ends" }, times: 2 });
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    await raw("DELETE", "/environments/old");
    await clock.advance(365 * 86_400_000);
    expect(project.environment("copy")).toMatchObject({ status: "creating", completion: 99 });
    expect(project.environment("old")?.status).toBe("destroying");
  });
});

describe("a fault", () => {
  test("skips calls, hits as often as it says, and then no more", async () => {
    const { raw, project } = world();
    const handle = project.faults.add({ skip: 2, times: 3, effect: { kind: "status", status: 500 } });
    const statuses: number[] = [];
    for (let call = 0; call < 7; call++) statuses.push((await raw("GET", "/site")).status);
    expect(statuses).toEqual([200, 200, 500, 500, 500, 200, 200]);
    expect(handle.hits).toBe(3);
  });

  test("hits only the operations and environments it names", async () => {
    const { client, project } = world();
    const effect = { kind: "status", status: 500 } as const;
    project.faults.add({ operation: ["site.find", "plugins.list"], times: Infinity, effect });
    project.faults.add({ environment: "b", times: Infinity, effect });
    expect((await refusal(client.site.find())).status).toBe(500);
    expect((await refusal(client.plugins.list())).status).toBe(500);
    const fork = (id: string) => client.environments.fork("main", { id }, { immediate_return: true });
    expect((await fork("a")).id).toBe("a");
    expect((await refusal(fork("b"))).status).toBe(500);
    expect((await client.environments.find("a")).id).toBe("a");
    expect((await refusal(client.environments.find("b"))).status).toBe(500);
    project.faults.clear();
    expect((await refusal(client.environments.find("b"))).status).toBe(404);
  });

  test("is followed by the next one that matches", async () => {
    const { raw, project } = world();
    project.faults.add({ effect: { kind: "status", status: 500 } });
    project.faults.add({ effect: { kind: "status", status: 503 } });
    expect([(await raw("GET", "/site")).status, (await raw("GET", "/site")).status]).toEqual([500, 503]);
  });

  test("that drops the answer of a fork makes the client's retry meet a taken id", async () => {
    const { client, project } = world();
    project.faults.add({ operation: "environments.fork", effect: { kind: "drop", when: "after" } });
    const fork = () => client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    await expect(fork()).rejects.toThrow("fetch failed");
    const second = await fork().catch((error: unknown) => error);
    if (!(second instanceof ApiError)) throw second;
    expect(second.findError("INVALID_FIELD", { field: "name", code: "VALIDATION_UNIQUENESS" })).toBeDefined();
  });
});
