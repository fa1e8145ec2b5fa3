import { describe, expect, it } from "vitest";
import { report } from "./checkSupport.ts";
import { copyOf, openWorld, TOKEN, type World } from "./support.ts";

/** What a review has found, each failing before it was mended. */

const DAY_MS = 24 * 60 * 60_000;
const ONLY_TOKEN = { variables: { DATOCMS_FULLACCESS_API_TOKEN: TOKEN } };
const ready = (world: World) => world.ready().filter((id) => id.startsWith("backup-plugin-daily-"));

/** The slot's tick on some days, each in a project that has shrunk after day 0. */
async function shrunken(options: object, variables = {}, runtime = {}) {
  const world = await openWorld({ items: 100, uploads: 40, ...options }, variables);
  await world.goTo(0, world.slots.daily.hour);
  await world.tick("daily", { runtime });
  world.project.user.edit("main", { items: 5 });
  return world;
}

describe("the shrink guard on a full plan", () => {
  it("never makes a run spin that was to free what it keeps", async () => {
    const world = await shrunken({ plan: { sandboxLimit: 2 }, forkMs: 2_000 });
    await world.goTo(2, world.slots.daily.hour);
    world.project.user.fork(null, copyOf("daily", 1));
    world.project.faults.add({ operation: "environments.destroy", effect: { kind: "hang", when: "before" } });
    expect(await world.tick("daily")).toMatchObject({ attempts: [{ outcome: { kind: "failed" } }] });
    expect(ready(world)).toContain(copyOf("daily", 0));
  });

  it.each([
    ["1", { sandboxLimit: 2 }],
    ["2", { sandboxLimit: 2 }],
    ["1", { sandboxLimit: 2, limitsEndpoint: "404" as const }],
  ])("holds with a Worker's fifteen calls too (keep %s, plan %j)", async (keep, plan) => {
    const runtime = { maxCalls: 15 };
    const world = await shrunken({ plan, forkMs: 5_000 }, { BACKUP_KEEP_DAILY: keep }, runtime);
    for (const day of [1, 2, 3]) {
      await world.goTo(day, world.slots.daily.hour);
      await world.tick("daily", { runtime });
    }
    expect(ready(world)).toContain(copyOf("daily", 0));
  });
});

describe("a wrong date in DatoCMS's list", () => {
  it.each(["2036-05-05T00:00:00.000Z", "9999-12-31T00:00:00.000Z"])(
    "(%s) neither stops the backups nor ends a hold",
    async (instant) => {
      const world = await openWorld();
      await world.goTo(0, world.slots.daily.hour);
      await world.tick("daily");
      world.project.user.fork(null, "staging", { ready: true });
      await world.clock.advance(2 * 60 * 60_000);
      world.project.user.edit(copyOf("daily", 0));
      const { fetch } = world.emulator;
      const wrong: typeof globalThis.fetch = async (input, init) => {
        const answer = await fetch(input, init);
        const path = new URL(input instanceof Request ? input.url : String(input)).pathname;
        if (path !== "/environments") return answer;
        const body = (await answer.json()) as {
          data: { id: string; meta: { last_data_change_at: string } }[];
        };
        for (const { id, meta } of body.data) if (id === "staging") meta.last_data_change_at = instant;
        return new Response(JSON.stringify(body), { status: answer.status, headers: answer.headers });
      };
      for (const day of [1, 2, 3]) {
        await world.goTo(day, world.slots.daily.hour);
        await world.tick("daily", { runtime: { fetch: wrong } });
      }
      expect(ready(world)).toEqual([copyOf("daily", 0), copyOf("daily", 3)]);
    },
  );
});

it("check does not promise the guard where only the primary's records may be read", async () => {
  const world = await openWorld({ items: 100 });
  await world.goTo(0, world.slots.daily.hour);
  await world.tick("daily");
  const { fetch } = world.emulator;
  const partly: typeof globalThis.fetch = async (input, init) => {
    const { headers } = new Request(input, init);
    if (headers.get("x-environment") !== copyOf("daily", 0)) return fetch(input, init);
    const attributes = { code: "INSUFFICIENT_PERMISSIONS", details: {} };
    return Response.json({ data: [{ id: "a1b2c3", type: "api_error", attributes }] }, { status: 403 });
  };
  expect((await report(world, { ...ONLY_TOKEN, fetch: partly })).found).toContain("warn BRAKE_OFF");
});

it("status goes by the moment by which ticks go, where the host's clock is days behind", async () => {
  const world = await openWorld();
  for (const day of [0, 1]) {
    await world.goTo(day, world.slots.daily.hour);
    await world.tick("daily");
  }
  await world.goTo(2, world.slots.daily.hour);
  world.project.user.edit("main");
  const { clock } = world;
  const runtime = { clock: { ...clock, now: () => clock.now() - 5 * DAY_MS } };
  const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS, runtime });
  expect(body.slots).toMatchObject({ daily: { dueNow: true } });
  expect(await world.tick("daily", { runtime })).toMatchObject({ kind: "ran" });
});

const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};
