import { describe, expect, test } from "vitest";
import { listed, newId, refusal, START, world } from "./support.ts";

describe("fork with immediate_return", () => {
  test("answers at once with a pending environment that becomes ready when its time is up", async () => {
    const { client, clock } = world({ forkMs: 60_000 });
    const pending = await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    expect(pending).toMatchObject({
      id: "copy",
      type: "environment",
      meta: {
        status: "creating",
        fork_completion_percentage: 0,
        read_only_mode: false,
        created_at: START,
        last_data_change_at: START,
        primary: false,
        forked_from: "main",
      },
    });
    await clock.advance(45_000);
    const meta = (await client.environments.find("copy")).meta;
    expect(meta).toMatchObject({ status: "creating", fork_completion_percentage: 75 });
    await clock.advance(14_999);
    expect((await client.environments.find("copy")).meta).toMatchObject({ fork_completion_percentage: 99 });
    await clock.advance(1);
    const ready = await client.environments.find("copy");
    expect(ready.meta).toMatchObject({ status: "ready", created_at: START });
    expect(ready.meta).not.toHaveProperty("fork_completion_percentage");
  });

  test.each([200, 201] as const)("has the status %i when the unknowns say so, never 202", async (status) => {
    const { raw } = world({ unknowns: { immediateReturnStatus: status } });
    const answer = await raw("POST", "/environments/main/fork?immediate_return=true", {
      body: newId("copy"),
    });
    expect(answer.status).toBe(status);
  });

  test("takes as long as a function of its number says", async () => {
    const { client, clock } = world({ forkMs: (n) => n * 1000 });
    await client.environments.fork("main", { id: "one" }, { immediate_return: true });
    await client.environments.fork("main", { id: "two" }, { immediate_return: true });
    await clock.advance(1000);
    expect(await listed(client)).toEqual(["main ready primary", "one ready", "two creating"]);
  });

  test("can keep the pending copy out of the list, and its percentage to itself", async () => {
    const { client } = world({ unknowns: { creating: "unlisted", percentage: "absent" } });
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    expect(await listed(client)).toEqual(["main ready primary"]);
    const { meta } = await client.environments.find("copy");
    expect(meta.status).toBe("creating");
    expect(meta).not.toHaveProperty("fork_completion_percentage");
  });
});

describe("fork by job", () => {
  test("is a 202 job whose result is 404 until done, then 201 with the environment", async () => {
    const { raw, clock } = world({ forkMs: 5000 });
    const accepted = await raw("POST", "/environments/main/fork", { body: newId("copy") });
    expect(accepted.status).toBe(202);
    const { data: job } = await accepted.json();
    expect(job).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), type: "job" });

    const running = await raw("GET", `/job-results/${job.id}`);
    expect(running.status).toBe(404);
    expect((await running.json()).data[0]).toMatchObject({ id: "302048", attributes: { code: "NOT_FOUND" } });

    await clock.advance(5000);
    const done = await raw("GET", `/job-results/${job.id}`);
    expect(await done.json()).toMatchObject({
      data: {
        id: job.id,
        type: "job_result",
        attributes: {
          status: 201,
          statusText: "Created",
          payload: {
            data: { id: "copy", type: "environment", meta: { status: "ready", forked_from: "main" } },
          },
        },
      },
    });
  });

  test("is waited for by the client", async () => {
    const { client, clock } = world({ forkMs: 600_000 });
    const copy = await clock.run(() => client.environments.fork("main", { id: "copy" }));
    expect(copy).toMatchObject({ id: "copy", meta: { status: "ready" } });
    expect(clock.monotonic()).toBe(600_000);
  });
});

describe("destroy", () => {
  test("is a job; the environment is `destroying` until it is gone", async () => {
    const { client, clock, project } = world({ destroyMs: 3000 });
    project.user.fork(null, "copy", { ready: true });
    const destroyed = clock.run(() => client.environments.destroy("copy"));
    await clock.run(async () => {
      await clock.sleep(1);
      expect(await listed(client)).toEqual(["main ready primary", "copy destroying"]);
    });
    expect(await destroyed).toMatchObject({ id: "copy", meta: { status: "destroying" } });
    expect(await listed(client)).toEqual(["main ready primary"]);
    expect(await refusal(client.environments.find("copy"))).toEqual({ code: "NOT_FOUND", status: 404 });
  });

  test("can hide the environment at once, whose name stays taken until it is gone", async () => {
    const { client, clock, project, raw } = world({ unknowns: { destroying: "hidden-at-once" } });
    project.user.fork(null, "copy", { ready: true });
    await raw("DELETE", "/environments/copy");
    expect(await listed(client)).toEqual(["main ready primary"]);
    expect((await refusal(client.environments.find("copy"))).code).toBe("NOT_FOUND");
    const again = () => client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    expect((await refusal(again())).code).toBe("INVALID_FIELD");
    await clock.advance(1000);
    expect((await again()).id).toBe("copy");
  });

  test("of a pending fork ends its job with an error", async () => {
    const { client, clock, raw } = world({ forkMs: 60_000 });
    const fork = clock.run(() => refusal(client.environments.fork("main", { id: "copy" })));
    await clock.run(async () => {
      await clock.sleep(10);
      await raw("DELETE", "/environments/copy");
    });
    expect((await fork).code).toBe("NOT_FOUND");
  });

  test("asked for twice is refused, or accepted when the unknowns say so", async () => {
    const { client, clock, project, raw } = world({ destroyMs: 5000 });
    project.user.fork(null, "copy", { ready: true });
    await raw("DELETE", "/environments/copy");
    expect((await refusal(client.environments.destroy("copy"))).code).toBe("ENVIRONMENT_NOT_READY");
    project.settings.unknowns.destroyDestroying = "accept";
    await clock.run(() => client.environments.destroy("copy"));
    expect(project.environment("copy")).toBeUndefined();
  });
});

describe("promote", () => {
  test("swaps the primary at once and redirects calls without X-Environment", async () => {
    const { client, project, raw } = world({ items: 3 });
    project.user.fork(null, "copy", { ready: true });
    project.user.edit("copy", { items: 99 });
    const answer = await raw("PUT", "/environments/copy/promote");
    expect(answer.status).toBe(200);
    // The environment that was primary when the request came in.
    expect(answer.headers.get("x-environment")).toBe("main");
    expect(await listed(client)).toEqual(["main ready", "copy ready primary"]);
    const page = await raw("GET", "/items?page[limit]=0");
    expect(page.headers.get("x-environment")).toBe("copy");
    expect(await page.json()).toEqual({ data: [], meta: { total_count: 99 } });
  });

  test("of the primary, or of a copy that is not ready, is refused", async () => {
    const { client } = world();
    expect((await refusal(client.environments.promote("main"))).code).toBe("ALREADY_PRIMARY_ENVIRONMENT");
    await client.environments.fork("main", { id: "copy" }, { immediate_return: true });
    expect((await refusal(client.environments.promote("copy"))).code).toBe("ENVIRONMENT_NOT_READY");
  });
});

describe("rename", () => {
  test("keeps dates and content; the old id is unknown from then on", async () => {
    const { client, clock, inside, project } = world({ items: 7 });
    project.user.fork(null, "copy", { ready: true });
    await clock.advance(60_000);
    const renamed = await client.environments.rename("copy", { id: "kept" });
    expect(renamed).toMatchObject({ id: "kept", meta: { created_at: START, forked_from: "main" } });
    expect((await inside("kept").items.rawList({ page: { limit: 0 } })).meta.total_count).toBe(7);
    expect(await refusal(inside("copy").site.find())).toEqual({ code: "INVALID_ENVIRONMENT", status: 404 });
  });

  test("of a source leaves its copies a dead name, or takes them along when the unknowns say so", async () => {
    const { client, project } = world();
    project.user.fork(null, "copy", { ready: true });
    await client.environments.rename("main", { id: "live" });
    expect((await client.environments.find("copy")).meta.forked_from).toBe("main");
    project.user.fork(null, "other", { ready: true });
    project.settings.unknowns.forkedFromAfterRename = "follows";
    await client.environments.rename("live", { id: "main-again" });
    expect((await client.environments.find("other")).meta.forked_from).toBe("main-again");
  });

  test("can take a new date and lose its source", async () => {
    const { client, clock, project } = world({
      unknowns: { renameKeepsCreatedAt: false, renameKeepsForkedFrom: false },
    });
    project.user.fork(null, "copy", { ready: true });
    await clock.advance(1000);
    const { meta } = await client.environments.rename("copy", { id: "kept" });
    expect(meta).toMatchObject({ created_at: "2026-03-01T02:00:01.000Z", forked_from: null });
  });
});

test("the list may run from the newest to the oldest", async () => {
  const { client, project } = world({ unknowns: { listOrder: "newest-first" } });
  project.user.fork(null, "copy", { ready: true });
  expect(await listed(client)).toEqual(["copy ready", "main ready primary"]);
});
