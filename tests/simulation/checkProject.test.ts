import { describe, expect, it } from "vitest";
import {
  ALWAYS,
  atNoon,
  BOTH,
  report,
  rewritten,
  SECRET,
  TOKEN_ONLY,
  type Variables,
} from "./checkSupport.ts";
import { at, copyOf, openWorld, TOKEN, type World } from "./support.ts";

describe("the role", () => {
  it.each([
    ["may do everything", {}, "ok ROLE_SUFFICIENT"],
    ["may not edit the schema", { can_edit_schema: false }, "ok ROLE_SUFFICIENT"],
    ["may not manage environments", { can_manage_environments: false }, "fail INSUFFICIENT_PERMISSIONS"],
    ["sees the primary only", { environments_access: "primary_only" }, "fail INSUFFICIENT_PERMISSIONS"],
    ["sees sandboxes only", { environments_access: "sandbox_only" }, "fail INSUFFICIENT_PERMISSIONS"],
    ["sees no environment", { environments_access: "none" }, "fail INSUFFICIENT_PERMISSIONS"],
  ] as const)("that %s", async (_, role, line) => {
    const { lines } = await report(await atNoon({ role }));
    const { level, code, sentence } = lines.find((each) => each.sentence.includes("token's role")) ?? {};
    expect(`${level} ${code}`).toBe(line);
    expect(sentence).toContain('"Backups"');
    expect(sentence?.includes("scheduler-disconnect")).toBe("can_edit_schema" in role);
  });

  const me = (data: object, more: object = {}) => JSON.stringify({ data: { id: "1", ...data }, ...more });
  it.each([
    ["an account's", me({ type: "account", attributes: {} }), "ok ROLE_SUFFICIENT"],
    ["an organization's", me({ type: "organization", attributes: {} }), "ok ROLE_SUFFICIENT"],
    [
      "the read-only token's",
      me({ type: "access_token", attributes: { hardcoded_type: "readonly" } }),
      "fail INSUFFICIENT_PERMISSIONS",
    ],
    ["not told", me({ type: "access_token", attributes: { hardcoded_type: null } }), "warn ROLE_UNKNOWN"],
    [
      "told half",
      me(
        { type: "user", attributes: {} },
        { included: [{ type: "role", attributes: { name: "x" }, meta: {} }] },
      ),
      "warn ROLE_UNKNOWN",
    ],
  ])("that is %s", async (_, text, line) => {
    const world = await atNoon();
    const { found } = await report(world, { fetch: rewritten(world, "/users/me", () => text) });
    expect(found[1]).toBe(line);
  });

  it("that cannot be read is no proof against it", async () => {
    const world = await atNoon();
    world.project.faults.add({ operation: "users.me", effect: { kind: "status", status: 403 } });
    expect((await report(world)).found[1]).toBe("warn ROLE_UNKNOWN");
  });
});

describe("the room", () => {
  const others = (world: World, count: number) => {
    for (let each = 0; each < count; each += 1)
      world.project.user.fork(null, `other-${each}`, { ready: true });
  };
  const roomOf = async (world: World, variables: Variables = {}) =>
    (await report(world, { variables: { ...BOTH, ...variables } })).found[2];

  it.each([
    ["one spare while rotating", 3, {}, "ok ROOM_SUFFICIENT"],
    ["no spare", 2, {}, "warn ROOM_WITHOUT_SPARE"],
    [
      "no spare, when old copies go first anyway",
      2,
      { BACKUP_ROTATION: "delete-first" },
      "ok ROOM_SUFFICIENT",
    ],
    [
      "no spare, when old copies may not go first",
      2,
      { BACKUP_ROTATION: "fork-first" },
      "fail ENVIRONMENT_LIMIT_REACHED",
    ],
    ["fewer than are to be kept", 3, { BACKUP_KEEP_DAILY: "3" }, "warn ROOM_FOR_FEWER"],
    ["fewer than there are", 1, {}, "fail ENVIRONMENT_LIMIT_REACHED"],
  ] as const)("for %s", async (_, sandboxLimit, variables, line) => {
    expect(await roomOf(await atNoon({ plan: { sandboxLimit } }), variables)).toBe(line);
  });

  it("that others have taken is not there for a first copy", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 3 } });
    others(world, 2);
    const { lines, summary } = await report(world);
    const room = lines.find(({ code }) => code === "ROOM_FOR_SOME");
    expect(room?.sentence).toContain("daily backups will be made, and weekly ones have no room");
    expect(room?.advice).toContain("bigger plan");
    expect(summary).toContain("3 sandbox environments and 2 are taken");
  });

  it("that the next run tidies up counts as free", async () => {
    const world = await atNoon({ plan: { sandboxLimit: 4 } });
    for (const day of [-2, -1])
      world.project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 1), ready: true });
    expect(await roomOf(world)).toBe("ok ROOM_SUFFICIENT");
  });

  it("is not taken for good by a copy that was set aside for its successor", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 2 } });
    for (const id of [copyOf("daily", 0), `${copyOf("daily", 0)}-superseded-010000000`])
      world.project.user.fork(null, id, { createdAt: at(0, 1), ready: true });
    expect(await roomOf(world, { BACKUP_KEEP_DAILY: "2" })).toBe("warn ROOM_FOR_FEWER");
  });

  it("of what is on its way out counts as free", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 3 }, destroyMs: 60_000 });
    others(world, 1);
    expect(await roomOf(world)).toBe("warn ROOM_WITHOUT_SPARE");
    const headers = { authorization: `Bearer ${TOKEN}`, accept: "application/json" };
    const url = "https://site-api.datocms.com/environments/other-0";
    await world.clock.run(() => world.emulator.fetch(url, { method: "DELETE", headers }));
    expect(await roomOf(world)).toBe("ok ROOM_SUFFICIENT");
  });

  it("is taken by a backup that somebody's fork protects, also while that fork is on its way out", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 3 }, destroyMs: 60_000 });
    const backup = copyOf("daily", -1);
    world.project.user.fork(null, backup, { createdAt: at(-1, 1), ready: true });
    expect(await roomOf(world)).toBe("ok ROOM_SUFFICIENT");
    world.project.user.fork(backup, "work", { ready: true });
    const headers = { authorization: `Bearer ${TOKEN}`, accept: "application/json" };
    const url = "https://site-api.datocms.com/environments/work";
    await world.clock.run(() => world.emulator.fetch(url, { method: "DELETE", headers }));
    expect(await roomOf(world)).toBe("warn ROOM_WITHOUT_SPARE");
  });

  it("beyond which DatoCMS charges is told", async () => {
    expect(await roomOf(await atNoon({ plan: { overageThreshold: 2 } }))).toBe("warn OVERAGE");
    expect(await roomOf(await atNoon({ plan: { overageThreshold: 3 } }))).toBe("ok ROOM_SUFFICIENT");
  });

  it("that DatoCMS does not tell is unknown", async () => {
    expect(await roomOf(await atNoon({ plan: { limitsEndpoint: "404" } }))).toBe("warn ROOM_UNKNOWN");
    expect(await roomOf(await atNoon({ plan: { limitsEndpoint: "absent-code" } }))).toBe("warn ROOM_UNKNOWN");
    const threshold = { limitsEndpoint: "404", overageThreshold: 3 } as const;
    expect(await roomOf(await atNoon({ plan: threshold }))).toBe("ok ROOM_SUFFICIENT");
  });

  it("cannot be judged without the environments, and nothing can run", async () => {
    const world = await atNoon();
    world.project.faults.add({ operation: "environments.list", effect: { kind: "status", status: 503 } });
    const { found } = await report(world);
    expect(found).toContain("fail DATOCMS_UNAVAILABLE");
    expect(found.filter((each) => /DAILY|WEEKLY/.test(each))).toEqual([]);
  });

  it("is of no use where no primary environment is listed", async () => {
    const world = await atNoon();
    const fetch = rewritten(world, "/environments", (text) => text.replace(/("primary": ?)true/, "$1false"));
    expect((await report(world, { fetch })).found).toContain("fail PRIMARY_NOT_FOUND");
  });
});

describe("the plugin", () => {
  const disconnected = { schedulerDisconnect: { disconnectedAt: "2026-03-01T10:00:00.000Z" } };
  const reconnected = {
    ...disconnected,
    lambdaConnection: {
      status: "connected",
      lastCheckPhase: "config_connect",
      lastCheckedAt: "2026-03-01T11:00:00.000Z",
    },
  };
  it.each([
    ["installed", {}, "ok PLUGIN_FOUND"],
    ["not installed", null, "warn PLUGIN_NOT_FOUND"],
    ["disconnected", { parameters: disconnected }, "fail SCHEDULER_DISABLED"],
    ["connected again", { parameters: reconnected }, "ok PLUGIN_FOUND"],
  ])("that is %s", async (_, plugin, line) => {
    expect((await report(await atNoon({ plugin }))).found[3]).toBe(line);
  });

  it.each([
    [403, "warn PLUGIN_UNKNOWN"],
    [422, "warn PLUGIN_UNKNOWN"],
    [503, "fail DATOCMS_UNAVAILABLE"],
  ])("answered by %i is judged as a run does", async (status, line) => {
    const world = await atNoon();
    await world.goTo(1, world.slots.daily.hour);
    world.project.faults.add({ ...ALWAYS, operation: "plugins.list", effect: { kind: "status", status } });
    expect((await report(world)).found[3]).toBe(line);
    const run = await world.tick("daily");
    expect(run === undefined).toBe(line.startsWith("fail"));
  });
});

describe("the secret", () => {
  it.each([
    ["none", {}, "warn SECRET_MISSING"],
    ["a short one", { CRON_SECRET: "short-one" }, "warn SECRET_SHORT"],
    ["a long one", { DATOCMS_BACKUPS_SHARED_SECRET: SECRET }, "ok SECRET_SET"],
  ])("that is %s", async (_, secrets: Variables, line) => {
    const variables = { ...TOKEN_ONLY, ...secrets };
    const headers = { "X-Datocms-Backups-Auth": Object.values(secrets)[0] ?? "" };
    expect((await report(await atNoon(), { variables, headers })).found[6]).toBe(line);
  });
});

describe("the cron", () => {
  it("of Vercel cannot get in without CRON_SECRET where a secret is demanded", async () => {
    const { verdict, found, summary } = await report(await atNoon(), { host: "vercel" });
    expect(verdict).toBe("fail");
    expect(found.slice(7, 10)).toEqual([
      "fail MISSING_CRON_SECRET",
      "warn DAILY_STOPPED",
      "warn WEEKLY_STOPPED",
    ]);
    expect(summary).toContain("add CRON_SECRET with the same value and redeploy");
  });

  it("of Vercel gets in where nothing is demanded", async () => {
    const { found } = await report(await atNoon(), { host: "vercel", variables: TOKEN_ONLY });
    expect(found.slice(6, 8)).toEqual(["warn SECRET_MISSING", "ok CRON_READY"]);
  });

  it("of other hosts needs no CRON_SECRET", async () => {
    for (const host of ["netlify", "cloudflare", "node"] as const)
      expect((await report(await atNoon(), { host })).found[7]).toBe("ok CRON_READY");
  });

  it("of a server of one's own may be off", async () => {
    const { found } = await report(await atNoon(), { variables: { ...BOTH, BACKUP_CRON: "off" } });
    expect(found.slice(7, 10)).toEqual(["warn CRON_OFF", "warn DAILY_STOPPED", "warn WEEKLY_STOPPED"]);
  });
});

describe("the runs", () => {
  it("to come first are told with how to have them now", async () => {
    const world = await openWorld({ plan: { sandboxLimit: 5 } });
    const { found, lines } = await report(world);
    expect(found.slice(8, 10)).toEqual(["ok DAILY_FIRST_RUN", "ok WEEKLY_FIRST_RUN"]);
    const hour = String(world.slots.daily.hour).padStart(2, "0");
    expect(lines[8]?.sentence).toContain(`2026-03-02 ${hour}:05 UTC`);
    expect(lines[8]?.advice).toContain("/api/jobs/initialize");
    expect(lines[9]?.sentence).toMatch(/:35 UTC\.$/);
  });

  it("that were missed are told", async () => {
    const world = await atNoon();
    await world.goTo(3, 12);
    expect((await report(world)).found.slice(8, 10)).toEqual(["warn DAILY_OVERDUE", "ok WEEKLY_NEXT_RUN"]);
    await world.goTo(10, 12);
    expect((await report(world)).found.slice(8, 10)).toEqual(["warn DAILY_OVERDUE", "warn WEEKLY_OVERDUE"]);
  });

  it("wait while the scheduler is disconnected", async () => {
    const parameters = { schedulerDisconnect: { disconnectedAt: "2026-03-01T10:00:00.000Z" } };
    const { found } = await report(await atNoon({ plugin: { parameters } }));
    expect(found.slice(8, 10)).toEqual(["warn DAILY_STOPPED", "warn WEEKLY_STOPPED"]);
  });

  it("of a date whose name is the primary's are told for the next date", async () => {
    const { slots } = await openWorld();
    const days = ((slots.weekly.weekday ?? 0) + 6) % 7;
    const primary = copyOf("weekly", days === 0 ? 7 : days);
    const world = await openWorld({ primary });
    await world.goTo(days === 0 ? 1 : 0, 0);
    const { found, lines } = await report(world);
    expect(found[9]).toBe("ok WEEKLY_FIRST_RUN");
    const next = copyOf("weekly", (days === 0 ? 7 : days) + 7).slice(-10);
    expect(lines[9]?.sentence).toContain(`${next} `);
  });
});
