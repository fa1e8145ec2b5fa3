import { describe, expect, it } from "vitest";
import { ALWAYS, copies, destroyed, forks, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld } from "./support.ts";

/** Roles that do not see what they would have to see, or may not do what they would have to do. */

const MANUAL = "/api/jobs/daily-backup";
const REFUSED = { status: 500, body: { error: { details: { cause: "INSUFFICIENT_PERMISSIONS" } } } };

describe("a role that hides sandboxes", () => {
  it.each([MANUAL, `${MANUAL}?force=true`, "/api/jobs/initialize"])(
    "is told as that where the name is taken, and never waited for as somebody else's copy (%s)",
    async (path) => {
      const world = await openWorld();
      world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
      await world.goTo(1, 12);
      world.project.settings.role = { environments_access: "primary_only" };
      const began = world.clock.monotonic();
      expect(await world.call("POST", path)).toMatchObject(REFUSED);
      expect(world.clock.monotonic() - began).toBeLessThan(30_000);
      expect(destroyed(world)).toEqual([]);
    },
  );

  it("fails by schedule too, and says what to change", async () => {
    const world = await openWorld();
    world.project.user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    await world.goTo(1, world.slots.daily.hour);
    world.project.settings.role = { environments_access: "primary_only" };
    const { status, body } = await world.call("GET", "/api/jobs/scheduled-backups");
    expect(status).toBe(500);
    expect(body).toMatchObject({
      result: {
        results: [
          {
            scope: "daily",
            status: "failed",
            error: { code: "INSUFFICIENT_PERMISSIONS", message: expect.stringContaining("all environments") },
          },
        ],
      },
    });
  });

  it("makes no copy at all: it would make one more each day, and never remove any", async () => {
    const world = await openWorld({ role: { environments_access: "primary_only" } });
    for (const day of [0, 1, 2]) {
      await world.goTo(day, world.slots.daily.hour);
      await world.tick("daily");
    }
    expect(await world.call("POST", MANUAL)).toMatchObject(REFUSED);
    expect(forks(world)).toEqual([]);
  });

  it("that cannot be read stops nothing", async () => {
    const world = await openWorld();
    world.project.faults.add({ ...ALWAYS, operation: "users.me", effect: { kind: "hang", when: "before" } });
    expect(await world.call("POST", MANUAL)).toMatchObject({
      status: 200,
      body: { result: { state: "ready" } },
    });
  });

  it("refused outright is told as that, in no time", async () => {
    const world = await withYesterday({ unknowns: { forbiddenEnvironments: "refuse" } });
    world.project.settings.role = { environments_access: "primary_only" };
    const began = world.clock.monotonic();
    expect(await world.call("POST", MANUAL)).toMatchObject(REFUSED);
    expect(world.clock.monotonic() - began).toBeLessThan(1_000);
    expect(forks(world)).toEqual([]);
  });
});

describe("a role that hides the primary", () => {
  const HIDDEN = { role: { environments_access: "sandbox_only" } } as const;
  const NOTHING_TO_COPY = { body: { error: { details: { cause: "PRIMARY_NOT_FOUND" } } } };

  it.each([MANUAL, `${MANUAL}?force=true`])("costs no copy on a full plan (%s)", async (path) => {
    const world = await withYesterday({ ...HIDDEN, plan: { sandboxLimit: 1 } });
    expect(await world.call("POST", path)).toMatchObject(NOTHING_TO_COPY);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
  });

  it("leaves today's copy under its own name where another is asked for", async () => {
    const world = await withYesterday();
    await world.call("POST", MANUAL);
    world.project.settings.role = HIDDEN.role;
    await world.clock.advance(60 * 60_000);
    const renamings = () => world.project.history.filter(({ type }) => type === "renamed");
    expect(await world.call("POST", `${MANUAL}?force=true`)).toMatchObject(NOTHING_TO_COPY);
    expect(renamings()).toEqual([]);
  });
});

describe("a role that may not manage environments", () => {
  it("is told as that, and nothing is touched", async () => {
    const world = await withYesterday({ role: { can_manage_environments: false } });
    expect(await world.call("POST", MANUAL)).toMatchObject(REFUSED);
    expect(forks(world)).toEqual([]);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0)]);
  });

  it("may not even rename: today's copy stays where a replacement is asked for", async () => {
    const world = await withYesterday();
    await world.call("POST", MANUAL);
    await world.clock.advance(60 * 60_000);
    world.project.settings.role = { can_manage_environments: false };
    expect(await world.call("POST", `${MANUAL}?force=true`)).toMatchObject(REFUSED);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("but may rename leaves today's copy under its own name", async () => {
    const world = await withYesterday({ unknowns: { renameNeeds: "can_edit_environment" } });
    await world.call("POST", MANUAL);
    await world.clock.advance(60 * 60_000);
    world.project.settings.role = { can_manage_environments: false };
    expect(await world.call("POST", `${MANUAL}?force=true`)).toMatchObject(REFUSED);
    expect(copies(world, "daily")).toEqual([copyOf("daily", 1)]);
  });

  it("but may fork leaves the new copy beside the old one, and says which stays", async () => {
    const world = await withYesterday();
    world.project.faults.add({
      ...ALWAYS,
      operation: "environments.destroy",
      effect: { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
    });
    const { status, body } = await world.call("POST", MANUAL);
    expect(status).toBe(200);
    expect(body).toMatchObject({ result: { state: "ready", problems: [{ code: "COPY_NOT_REMOVED" }] } });
    expect(copies(world, "daily")).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
  });
});
