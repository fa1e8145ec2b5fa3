import { describe, expect, it } from "vitest";
import { ALWAYS, report } from "./checkSupport.ts";
import { copies, withYesterday } from "./judging.ts";
import { copyOf, openWorld, TOKEN, type World } from "./support.ts";

const MANUAL = "/api/jobs/daily-backup";

const daily = (world: World) => world.ready().filter((id) => id.startsWith("backup-plugin-daily-"));
const ONLY_TOKEN = { variables: { DATOCMS_FULLACCESS_API_TOKEN: TOKEN } };

/** A copy of day 0, then a primary that holds something else. */
async function changedTo(content: { items?: number; uploads?: number }, variables = {}, options = {}) {
  const world = await openWorld({ items: 100, uploads: 40, ...options }, variables);
  await world.goTo(0, world.slots.daily.hour);
  await world.tick("daily");
  world.project.user.edit("main", content);
  await world.goTo(1, world.slots.daily.hour);
  return world;
}

describe("before an older copy goes", () => {
  it.each([
    ["more than half of the records", { items: 49 }],
    ["more than half of the uploads", { uploads: 19 }],
    ["everything", { items: 0, uploads: 0 }],
  ])("%s gone keeps it, and answer, status and check say so with both figures", async (_, content) => {
    const world = await changedTo(content);
    const after = { items: 100, uploads: 40, ...content };
    const sentence = `100 records and 40 uploads where ${copyOf("daily", 1)} holds ${after.items} and ${after.uploads}`;
    const run = await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
    expect(JSON.stringify(run)).toContain(sentence);
    const { lines } = await report(world, ONLY_TOKEN);
    expect(lines.find(({ code }) => code === "SHRUNK")?.sentence).toContain(sentence);
    const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
    expect(JSON.stringify(body.problems)).toContain(sentence);
  });

  it.each([
    ["half of it", { items: 50, uploads: 20 }, {}],
    ["less than twenty of few", { items: 81, uploads: 21 }, {}],
    ["more, where the limit is higher", { items: 20 }, { BACKUP_SHRINK_LIMIT: "80" }],
    ["everything, where the limit is off", { items: 0, uploads: 0 }, { BACKUP_SHRINK_LIMIT: "off" }],
  ])("%s gone is everyday work", async (_, content, variables) => {
    const world = await changedTo(content, variables);
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 1)]);
  });

  it("a lower limit keeps it sooner", async () => {
    const world = await changedTo({ items: 79 }, { BACKUP_SHRINK_LIMIT: "20" });
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
  });
});

describe("a copy kept by the shrink guard", () => {
  it("stays alone of the old ones, until the content is back", async () => {
    const world = await changedTo({ items: 10 });
    await world.tick("daily");
    for (const day of [2, 3, 4]) {
      await world.goTo(day, world.slots.daily.hour);
      await world.tick("daily");
      expect(daily(world)).toEqual([copyOf("daily", 0), copyOf("daily", day)]);
    }
    world.project.user.edit("main", { items: 90 });
    await world.goTo(5, world.slots.daily.hour);
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 5)]);
  });

  it("goes by a forced run, and by no other by hand", async () => {
    const world = await changedTo({ items: 10 });
    await world.call("POST", "/api/jobs/daily-backup");
    expect(daily(world)).toContain(copyOf("daily", 0));
    await world.call("POST", "/api/jobs/daily-backup?force=true");
    expect(daily(world)).toEqual([copyOf("daily", 1)]);
  });

  it("does not give way on a full plan", async () => {
    const variables = { BACKUP_KEEP_DAILY: "2" };
    const world = await changedTo({ items: 10 }, variables, { plan: { sandboxLimit: 2 } });
    await world.tick("daily");
    await world.goTo(2, world.slots.daily.hour);
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 0), copyOf("daily", 2)]);
  });

  it("stays while the content cannot be counted, and goes when it can", async () => {
    const world = await changedTo({ items: 90 });
    const fault = world.project.faults.add({
      ...ALWAYS,
      operation: "items.list",
      effect: { kind: "status", status: 503 },
    });
    expect(await world.tick("daily")).toMatchObject({
      attempts: [{ outcome: { kind: "done", problems: [{ code: "COPY_NOT_REMOVED" }] } }],
    });
    expect(daily(world)).toEqual([copyOf("daily", 0), copyOf("daily", 1)]);
    fault.remove();
    await world.clock.advance(60 * 60_000);
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 1)]);
  });
});

describe("a role that may not read records", () => {
  it("has no guard, and is told so", async () => {
    const world = await changedTo({ items: 0 });
    world.project.faults.add({
      ...ALWAYS,
      operation: "items.list",
      effect: { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
    });
    await world.tick("daily");
    expect(daily(world)).toEqual([copyOf("daily", 1)]);
    expect((await report(world, ONLY_TOKEN)).found).toContain("warn BRAKE_OFF");
  });
});

describe("while the guard keeps a copy", () => {
  it.each([
    ["node", "ok BRAKE_READY"],
    ["cloudflare", "warn BRAKE_OFF"],
  ] as const)("the check says on %s whether calls suffice to compare others: %s", async (host, line) => {
    const world = await changedTo({ items: 10 });
    await world.tick("daily");
    const { found, lines } = await report(world, { ...ONLY_TOKEN, host });
    expect(found).toEqual(expect.arrayContaining([line, "warn SHRUNK"]));
    const guard = lines.find(({ code }) => code.startsWith("BRAKE_"));
    expect(guard?.sentence.includes(`The guard keeps ${copyOf("daily", 0)}.`)).toBe(host === "cloudflare");
  });
});

const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};

it.each([
  [11, false],
  [10, true],
] as const)("of thirty records %i are left: is the older copy kept? %s", async (items, isKept) => {
  const world = await openWorld({ items: 30, uploads: 0 });
  await world.goTo(0, 12);
  await world.call("POST", MANUAL);
  world.project.user.edit("main", { items });
  await world.goTo(1, 12);
  await world.call("POST", MANUAL);
  expect(copies(world, "daily").includes(copyOf("daily", 0))).toBe(isKept);
});

it("the guard counts drafts", async () => {
  const world = await withYesterday();
  const asked: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const { pathname, searchParams } = new URL(new Request(input, init).url);
    if (pathname === "/items") asked.push(searchParams.get("version"));
    return world.emulator.fetch(input, init);
  };
  await world.call("POST", MANUAL, { runtime: { fetch } });
  expect(asked).toEqual(["current", "current"]);
});
