import { describe, expect, test } from "vitest";
import { listed, refusal, type World, world } from "./support.ts";

const limited = { plan: { sandboxLimit: 1 } };

function fork({ client }: World, id: string) {
  return client.environments.fork("main", { id }, { immediate_return: true });
}

async function usage({ client }: World) {
  const limits = await client.subscriptionLimits.list();
  const { usage, limit } = limits.find(({ code }) => code === "sandbox_environments") ?? {};
  return { usage, limit };
}

describe("a hard limit of sandboxes", () => {
  test("refuses the fork that goes beyond it, and counts what is pending", async () => {
    const here = world(limited);
    expect(await usage(here)).toEqual({ usage: 0, limit: 1 });
    await fork(here, "a");
    expect(await usage(here)).toEqual({ usage: 1, limit: 1 });
    expect((await refusal(fork(here, "b"))).code).toBe("PLAN_UPGRADE_REQUIRED");
    expect(await listed(here.client)).toEqual(["main ready primary", "a creating"]);
  });

  test("may refuse with another code and status", async () => {
    const unknowns = { planRefusalCode: "LIMIT_REACHED", statuses: { LIMIT_REACHED: 402 } } as const;
    const here = world({ plan: { sandboxLimit: 0 }, unknowns });
    expect(await refusal(fork(here, "a"))).toEqual({ code: "LIMIT_REACHED", status: 402 });
  });

  test("may refuse in the job: the pending copy vanishes", async () => {
    const here = world({ plan: { sandboxLimit: 0 }, unknowns: { planRefusal: "in-job" } });
    const { client, clock, project } = here;
    expect((await fork(here, "a")).meta.status).toBe("creating");
    await clock.advance(5000);
    expect((await refusal(client.environments.find("a"))).code).toBe("NOT_FOUND");
    const byJob = clock.run(() => refusal(client.environments.fork("main", { id: "b" })));
    expect(await byJob).toEqual({ code: "PLAN_UPGRADE_REQUIRED", status: 422 });
    expect(project.environments()).toHaveLength(1);
  });

  test("frees the place of a sandbox when it is gone, or at once when the unknowns say so", async () => {
    const here = world(limited);
    const { clock, project, raw } = here;
    project.user.fork(null, "old", { ready: true });
    await raw("DELETE", "/environments/old");
    expect((await refusal(fork(here, "a"))).code).toBe("PLAN_UPGRADE_REQUIRED");
    project.settings.unknowns.destroyingCountsForPlan = false;
    expect(await usage(here)).toMatchObject({ usage: 0 });
    project.settings.unknowns.destroyingCountsForPlan = true;
    await clock.advance(1000);
    await fork(here, "a");
    project.settings.unknowns.creatingCountsForPlan = false;
    expect((await fork(here, "b")).id).toBe("b");
  });

  test("does not bind a person, and holds when it is lowered", async () => {
    const here = world(limited);
    for (const id of ["a", "b", "c"]) here.project.user.fork(null, id, { ready: true });
    expect(await usage(here)).toEqual({ usage: 3, limit: 1 });
    expect((await refusal(fork(here, "d"))).code).toBe("PLAN_UPGRADE_REQUIRED");
  });
});

test("a soft limit is told by public-info and refuses nothing", async () => {
  const here = world({ plan: { overageThreshold: 1 } });
  const info = await here.client.publicInfo.find();
  expect(info.extras?.overage_thresholds).toEqual({ environments: 1 });
  await fork(here, "a");
  expect((await fork(here, "b")).id).toBe("b");
  expect(await usage(here)).toEqual({ usage: 2, limit: null });
});

test("the limit, its code or public-info may be missing", async () => {
  const here = world({ plan: { limitsEndpoint: "absent-code", publicInfo: "404" } });
  expect((await here.client.subscriptionLimits.list()).map(({ code }) => code)).toEqual(["locales", "users"]);
  expect((await refusal(here.client.publicInfo.find())).status).toBe(404);
  here.project.settings.plan.limitsEndpoint = "404";
  expect((await refusal(here.client.subscriptionLimits.list())).status).toBe(404);
});
